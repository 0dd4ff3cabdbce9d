# Help is complete, and every example runs.
BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    Import-TestModule
    $examples = @(
        foreach ($command in (Get-Module -Name ExchangeTls).ExportedFunctions.Keys) {
            $number = 0
            foreach ($example in (Get-Help -Name $command -Full).examples.example) {
                @{ Command = $command; Number = ++$number; Code = $example.code }
            }
        }
    )
    if ($examples.Count -lt 27) { throw "Only $($examples.Count) examples were found." }
}

Describe 'The help of <_>' -ForEach $(. $PSScriptRoot/common.ps1; Import-TestModule; @((Get-Module -Name ExchangeTls).ExportedFunctions.Keys)) {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        Import-TestModule
        $help = Get-Help -Name $_ -Full
        $command = Get-Command -Name $_
    }

    It 'has synopsis, description, inputs, outputs and links' {
        $help.Synopsis | Should -Match '^\S.*\.$'
        $help.Synopsis | Should -Not -BeLike "*$($command.Name) *"
        ($help.description | Out-String).Length | Should -BeGreaterThan 200
        ($help.inputTypes | Out-String) | Should -Match 'System\.(String|Object)'
        ($help.returnValues | Out-String) | Should -Match ([regex]::Escape($command.OutputType.Name))
        @($help.relatedLinks.navigationLink).Count | Should -BeGreaterThan 1
    }

    It 'tells of every parameter, and of no other' {
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters
        $own = @($command.Parameters.Keys | Where-Object { $_ -notin $common } | Sort-Object)
        $told = @($help.parameters.parameter | ForEach-Object { $_.name } | Sort-Object)
        $told | Should -Be $own
        foreach ($parameter in $help.parameters.parameter) {
            ($parameter.description | Out-String).Trim() | Should -Match '\.$' -Because $parameter.name
        }
    }

    It 'has the syntax that the command has' {
        $page = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($Root, 'docs', 'cmdlets', "$($command.Name).md"))
        $shown = [regex]::Match($page, '(?s)```powershell\n(.*?)\n```').Groups[1].Value
        $own = @((Get-Command -Name $command.Name -Syntax) -split '\r?\n' | ForEach-Object { $_.Trim() } | Where-Object { $_ }) -join "`n`n"
        $shown | Should -BeExactly $own
        @($help.syntax.syntaxItem).Count | Should -Be $command.ParameterSets.Count
    }

    It 'says of each parameter how it binds' {
        foreach ($parameter in $help.parameters.parameter) {
            $own = $command.Parameters[$parameter.name]
            $sets = @($own.Attributes | Where-Object { $_ -is [System.Management.Automation.ParameterAttribute] })
            $ways = @(
                if ($sets.ValueFromPipeline -contains $true) { 'ByValue' }
                if ($sets.ValueFromPipelineByPropertyName -contains $true) { 'ByPropertyName' }
            ) -join ', '
            $position = if ($sets[0].Position -lt 0) { 'named' } else { "$($sets[0].Position)" }
            $hasWildcards = [bool] ($own.Attributes | Where-Object { $_ -is [System.Management.Automation.SupportsWildcardsAttribute] })
            $names = if ($own.Aliases) { $own.Aliases -join ', ' } else { 'none' }
            $parameter.pipelineInput | Should -BeExactly $(if ($ways) { "True ($ways)" } else { 'False' }) -Because $parameter.name
            $parameter.position | Should -BeExactly $position -Because $parameter.name
            $parameter.globbing | Should -BeExactly "$hasWildcards".ToLowerInvariant() -Because $parameter.name
            $parameter.aliases | Should -BeExactly $names -Because $parameter.name
            $parameter.required | Should -BeExactly "$([bool] $sets[0].Mandatory)".ToLowerInvariant() -Because $parameter.name
        }
    }

    It 'has at least two examples, each with an explanation' {
        $help.examples.example.Count | Should -BeGreaterThan 1
        foreach ($example in $help.examples.example) { ($example.remarks | Out-String).Trim() | Should -Match '\.$' -Because $example.code }
    }
}

Describe 'Examples' {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        Import-TestModule
        # The folders the examples speak of.
        $folder = Join-Path -Path $TestDrive -ChildPath 'work'
        foreach ($name in 'SmtpSend', 'SmtpReceive', 'Logs/EX01', 'Logs/EX02', 'Install/TransportRoles/Logs/Hub/ProtocolLog/SmtpSend') {
            [void] (New-Item -ItemType Directory -Path (Join-Path -Path $folder -ChildPath $name))
        }
        foreach ($name in 'SmtpSend', 'Logs/EX01', 'Install/TransportRoles/Logs/Hub/ProtocolLog/SmtpSend') {
            Copy-Item -Path "$Seeds/kb4051498/*" -Destination (Join-Path -Path $folder -ChildPath $name)
        }
        Copy-Item -Path "$Seeds/nocredentials-duplicate/*" -Destination (Join-Path -Path $folder -ChildPath 'Logs/EX02')
        # Certificates: the one the log of SmtpSend speaks of, and a duplicate of another.
        $zoo = Join-Path -Path $Data -ChildPath 'zoo'
        Copy-Item -LiteralPath "$zoo/good/tested.pem" -Destination (Join-Path -Path $folder -ChildPath 'mail.pem')
        Copy-Item -LiteralPath "$zoo/good/roots.pem" -Destination (Join-Path -Path $folder -ChildPath 'roots.pem')
        [void] (New-Item -ItemType Directory -Path (Join-Path -Path $folder -ChildPath 'Certificates'))
        Copy-Item -LiteralPath "$zoo/good/tested.pem" -Destination (Join-Path -Path $folder -ChildPath 'Certificates/mail.pem')
        Copy-Item -LiteralPath "$zoo/duplicate-expired/tested.pem" -Destination (Join-Path -Path $folder -ChildPath 'Certificates/more.pem')
        $certificate = New-Object -TypeName System.Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList (Join-Path -Path $folder -ChildPath 'mail.pem')
        foreach ($log in Get-ChildItem -LiteralPath (Join-Path -Path $folder -ChildPath 'SmtpSend')) {
            $text = [System.IO.File]::ReadAllText($log.FullName).Replace('D8A1F0B2C3947586E7F60918273645546372819A', $certificate.Thumbprint)
            [System.IO.File]::WriteAllText($log.FullName, $text)
        }
        # What was collected on servers.
        $scenarios = Join-Path -Path $Data -ChildPath 'scenarios'
        $collected = Join-Path -Path $folder -ChildPath 'Collected'
        Copy-Item -LiteralPath "$scenarios/kb-4051498/collected" -Destination $collected -Recurse
        Copy-Item -LiteralPath "$collected/queues.xml" -Destination $folder
        Copy-Item -LiteralPath "$scenarios/kb-979175/collected/receive-connectors.xml" -Destination $folder
        # What Exchange gives, as far as the examples need it. The module sees what is global.
        $global:ExchangeTlsFolder = $folder
        function global:Get-Queue { Import-Clixml -LiteralPath "$global:ExchangeTlsFolder/queues.xml" }
        function global:Get-ReceiveConnector { Import-Clixml -LiteralPath "$global:ExchangeTlsFolder/receive-connectors.xml" }
        function Get-ExchangeCertificate { New-Object -TypeName PSObject -Property @{ RawData = $certificate.RawData; HasPrivateKey = $true; Services = 'SMTP' } }
        function Get-SendConnector { New-Object -TypeName PSObject -Property @{ Name = 'Outbound to Office 365'; RequireTLS = $true; DNSRoutingEnabled = $true; TlsCertificateName = "<I>$($certificate.Issuer)<S>$($certificate.Subject)" } }
        Get-ExchangeCertificate | Export-Clixml -Path (Join-Path -Path $folder -ChildPath 'certificates.xml')
        Get-SendConnector | Export-Clixml -Path (Join-Path -Path $folder -ChildPath 'connectors.xml')
        $number = 0
        foreach ($case in 'recv-own-certificate-no-key-new', 'recv-message-rejected-relay', 'healthy-recv-second-auth') {
            $source = Get-ChildItem -LiteralPath (Get-CaseInput -Name $case) -File
            Copy-Item -LiteralPath $source.FullName -Destination (Join-Path -Path $folder -ChildPath "SmtpReceive/RECV2024010$((++$number))-1.LOG")
        }
        $before = $env:ExchangeInstallPath
        $env:ExchangeInstallPath = Join-Path -Path $folder -ChildPath 'Install'
        Push-Location -LiteralPath $folder
    }
    AfterAll {
        Pop-Location
        $env:ExchangeInstallPath = $before
        Remove-Item -LiteralPath Function:global:Get-Queue, Function:global:Get-ReceiveConnector
        Remove-Variable -Name ExchangeTlsFolder -Scope Global
    }

    It '<Command>, example <Number>: <Code>' -ForEach $examples {
        $Error.Clear()
        $shown = & ([scriptblock]::Create($Code)) | Out-String
        $Error | Should -BeNullOrEmpty
        # What is asked of the last 24 hours, or written to a file, prints nothing.
        if ($Code -notmatch 'Get-Date|Export-') { $shown.Trim() | Should -Not -BeNullOrEmpty }
        if ($Code -match 'Export-Csv -Path (\S+)') {
            $rows = Import-Csv -LiteralPath $Matches[1]
            $rows | Should -Not -BeNullOrEmpty
            # No name of a type in place of a value.
            "$rows" | Should -Not -Match '\[\]|ExchangeTls\.'
        }
    }
}

Describe 'about_ExchangeTls' {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        Import-TestModule
        $file = [System.IO.Path]::Combine($ModulePath, 'en-US', 'about_ExchangeTls.help.txt')
        $about = [System.IO.File]::ReadAllText($file)
    }

    It 'is found by Get-Help' {
        Get-Help -Name about_ExchangeTls | Out-String | Should -Match 'Finds out why Exchange mail hangs'
    }

    It 'names every cmdlet, fits a console, and is ASCII' {
        foreach ($command in (Get-Module -Name ExchangeTls).ExportedFunctions.Keys) { $about | Should -Match $command }
        $about -split "`n" | Where-Object { $_.TrimEnd().Length -gt 79 } | Should -BeNullOrEmpty
        $about | Should -Not -Match '[^\x09\x0A\x0D\x20-\x7E]'
    }

    It 'lists the ids of all errors' {
        $source = -join (Get-ChildItem -LiteralPath $ModulePath -Filter '*.psm1' | ForEach-Object { [System.IO.File]::ReadAllText($_.FullName) })
        $ids = @([regex]::Matches($source, "-Id '(\w+)'") | ForEach-Object { $_.Groups[1].Value }) + 'NotFound', 'Unreadable', 'NotAProtocolLog', 'OtherDirection', 'InvalidArgument', 'InternalError'
        $ids.Count | Should -BeGreaterThan 15
        foreach ($id in $ids) { $about | Should -Match "\b$id\b" }
    }
}
