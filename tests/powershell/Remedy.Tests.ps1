# What is to be pasted is read by PowerShell's own parser: known commands with
# constants, and nothing that text from a log or a certificate could run.
BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/compare.ps1
    . $PSScriptRoot/zoo.ps1
    $zooCases = Get-ZooCase
    $logCases = Get-LogCase
    # Names a certificate could have to get itself run: PowerShell ends a quoted text at five
    # characters, and evaluates what stands in others.
    $left, $right, $low, $high = 0x2018, 0x2019, 0x201A, 0x201B | ForEach-Object { [char] $_ }
    $double = [char] 0x201C
    $hostile = @(
        @{ Text = "a'; Remove-Item x; '" }
        @{ Text = "a$right; Remove-Item x; $left" }
        @{ Text = "a$low; Remove-Item x; $high$left''" }
        @{ Text = 'a$(Remove-Item x)${env:PATH}$env:PATH`n' }
        @{ Text = "a`"; Remove-Item x; $double" }
        @{ Text = "a`n`rRemove-Item x`u{2028}Remove-Item x".Replace('u{2028}', [string] [char] 0x2028) }
        @{ Text = 'a' + [char] 27 + '[2J' + [char] 0x202E + [char] 0 + '|& calc > x #' }
        @{ Text = '{ & calc }; @( calc ); [x]::y(); a | b' }
    )
}

Describe 'Remedies' {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        . $PSScriptRoot/compare.ps1
        . $PSScriptRoot/zoo.ps1
        Import-TestModule

        # What remedies are made of. Whoever adds a command to the library adds it here, after a look.
        $commandNames = @(
            'Enable-ExchangeCertificate', 'Get-AcceptedDomain', 'Get-AuthConfig', 'Get-ExchangeCertificate', 'Get-InboundConnector', 'Get-Queue', 'Get-ReceiveConnector'
            'Get-SendConnector', 'Get-ServerComponentState', 'Get-TransportConfig', 'Get-TransportService', 'New-ExchangeCertificate', 'Remove-ExchangeCertificate'
            'Retry-Queue', 'Set-ReceiveConnector', 'Set-SendConnector', 'Set-TransportService'
            'Format-List', 'Format-Table', 'Get-ChildItem', 'Get-Item', 'Get-Service', 'Get-TlsCipherSuite', 'Get-WinEvent', 'Import-Certificate', 'Invoke-WebRequest'
            'Join-Path', 'Remove-Item', 'Resolve-DnsName', 'Restart-Service', 'Select-String', 'Set-Content', 'Sort-Object', 'Test-Certificate'
            'Test-ComputerSecureChannel', 'Test-NetConnection', 'Where-Object'
            'certutil', 'netsh', 'setspn', 'w32tm'
        )
        $expandable = '"$($_.TlsCertificateName)"', '"netsh: status $LASTEXITCODE, $($bindings.Count) lines"', '/computer:$env:USERDNSDOMAIN'
        $column = '{ ''<I>'' + $_.Issuer + ''<S>'' + $_.Subject }'
        $variables = '$_', '$bindings', '$certificate', '$connector', '$connectors', '$null', '$true', '$false', '$LASTEXITCODE', '$env:COMPUTERNAME', '$env:TEMP', '$env:USERDNSDOMAIN'
        $nodes = @(
            'ArrayExpressionAst', 'ArrayLiteralAst', 'AssignmentStatementAst', 'BinaryExpressionAst', 'CommandAst', 'CommandExpressionAst', 'CommandParameterAst'
            'ConstantExpressionAst', 'ExpandableStringExpressionAst', 'HashtableAst', 'MemberExpressionAst', 'NamedBlockAst', 'ParenExpressionAst', 'PipelineAst'
            'ScriptBlockAst', 'ScriptBlockExpressionAst', 'StatementBlockAst', 'StringConstantExpressionAst', 'SubExpressionAst', 'UnaryExpressionAst', 'VariableExpressionAst'
        )

        function Find-Danger {
            # What in a line is not expected, as sentences.
            param([AllowEmptyString()] [string] $Line)
            if ($Line -match '[\x00-\x1F\x7F-\x9F\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]') { "control character: $Line" }
            $problems = $null
            $tree = [System.Management.Automation.Language.Parser]::ParseInput($Line, [ref] $null, [ref] $problems)
            foreach ($problem in $problems) { "cannot be parsed: $($problem.Message): $Line" }
            foreach ($node in $tree.FindAll({ $true }, $true)) {
                $kind = $node.GetType().Name
                $isGood = switch ($kind) {
                    'CommandAst' { "$($node.InvocationOperator)" -eq 'Unknown' -and $node.GetCommandName() -in $commandNames -and $node.Redirections.Count -eq 0 }
                    'CommandExpressionAst' { $node.Redirections.Count -eq 0 }
                    'ExpandableStringExpressionAst' { "$node" -cin $expandable }
                    'SubExpressionAst' { "$($node.Parent)" -cin $expandable }
                    'VariableExpressionAst' { "$node" -in $variables }
                    'AssignmentStatementAst' { "$($node.Left)" -in '$bindings', '$certificate', '$connectors' }
                    'MemberExpressionAst' { -not $node.Static -and "$($node.Expression)" -in '$_', '$bindings', '$certificate' -and "$($node.Member)" -match '^\w+$' }
                    # A filter or a column, and nothing else that runs.
                    'ScriptBlockExpressionAst' { "$node" -ceq $column -or ($node.Parent -is [System.Management.Automation.Language.CommandAst] -and $node.Parent.GetCommandName() -in 'Where-Object', 'Sort-Object') }
                    'StringConstantExpressionAst' {
                        switch ("$($node.StringConstantType)") {
                            'SingleQuoted' { $true }
                            'BareWord' { "$node" -match '^[\w:.\\/*,<>-]+$' }
                            default { $false }
                        }
                    }
                    default { $kind -cin $nodes }
                }
                if (-not $isGood) { "$kind '$node': $Line" }
            }
        }

        function Get-AllRemedy {
            param($Failure)
            foreach ($one in $Failure) { $one.Remedy }
        }
    }

    It 'of the zoo''s <Name> hold nothing but known commands' -ForEach $zooCases {
        $lines = @(Get-AllRemedy -Failure (Invoke-ZooCase -Folder $Folder))
        @($lines | ForEach-Object { Find-Danger -Line $_ }) | Should -BeNullOrEmpty
    }

    It 'of the logs'' <Name> hold nothing but known commands' -ForEach $logCases {
        $quiet = @{ ErrorAction = 'SilentlyContinue'; WarningAction = 'SilentlyContinue'; IncludeRejection = $true }
        $failures = @(Get-SendConnectorFailure -LiteralPath $Folder @quiet) + @(Get-ReceiveConnectorFailure -LiteralPath $Folder @quiet)
        @(Get-AllRemedy -Failure $failures | ForEach-Object { Find-Danger -Line $_ }) | Should -BeNullOrEmpty
    }

    It 'hold a hostile name as data: <Text>' -ForEach $hostile {
        $certificate = New-TestCertificate -CommonName $Text -NotAfter '2026-01-01T00:00:00Z'
        $twin = New-TestCertificate -CommonName $Text
        $connector = [pscustomobject] @{ Identity = $Text; Fqdn = $Text; RequireTLS = $true; SmartHosts = @($Text); TlsCertificateName = "<I>CN=$Text<S>CN=$Text" }
        $tests = @(
            $certificate, $twin | Test-ExchangeTlsCert -At 2026-06-01 -Root @() -Intermediate @() -TlsCertificateName "<I>CN=$Text<S>CN=$Text"
            $certificate | Test-ExchangeTlsCert -At 2026-06-01 -Root @() -Intermediate @() -SendConnector $connector
            $certificate, $twin | Test-ExchangeTlsCert -At 2026-06-01 -Root @() -Intermediate @() -SendConnector $connector
            $certificate | Select-Object -Property RawData, @{ Name = 'HasPrivateKey'; Expression = { $false } } | Test-ExchangeTlsCert -At 2025-06-01 -Root @() -Intermediate @()
            $twin | Test-ExchangeTlsCert -At 2026-06-01 -Root @() -Intermediate @() -Fqdn $Text -ErrorAction SilentlyContinue
        )
        $tests.Count | Should -BeGreaterThan 6
        $lines = @(Get-AllRemedy -Failure $tests)
        $lines.Count | Should -BeGreaterThan 3
        @($lines | ForEach-Object { Find-Danger -Line $_ }) | Should -BeNullOrEmpty
        $shown = -join @(
            $tests | Out-String -Width 500
            $tests | Format-List | Out-String -Width 500
            $tests | Format-List -Property * | Out-String -Width 500
            $tests.Findings | Out-String -Width 500
        )
        $shown | Should -Not -Match '[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]'
    }

    It 'are judged at all: <_>' -ForEach @(
        'Remove-Mailbox a', '& certutil', '. certutil', 'certutil > a', 'certutil 2>&1', 'certutil "$(calc)"', 'certutil "$x"', 'certutil $x', '[x]::y()', '$_.Delete()'
        'Get-Item (calc)', 'Get-Item | ForEach-Object { calc }', 'Get-Item | Format-List { calc }', 'Get-Item `', 'Get-Item ''', 'certutil; calc', '$a = 1', 'if (1) { certutil }', 'certutil "a"', "certutil`ncertutil"
    ) {
        Find-Danger -Line $_ | Should -Not -BeNullOrEmpty
    }
}
