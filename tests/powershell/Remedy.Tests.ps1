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

        . $PSScriptRoot/remedy.ps1

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
