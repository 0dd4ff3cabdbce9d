# What is to be pasted is read by PowerShell's own parser: known commands with
# constants, and nothing that text from a log or a certificate could run.
BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/compare.ps1
    . $PSScriptRoot/zoo.ps1
    $zooCases = Get-ZooCase
    $logCases = Get-LogCase
    . $PSScriptRoot/evidence.ps1
    $queueCases = Get-EvidenceCase -Folder 'queues' -Least 120
    $connectorCases = Get-EvidenceCase -Folder 'connectors' -Least 60
    $scenarios = @(Get-ChildItem -LiteralPath (Join-Path -Path $Data -ChildPath 'scenarios') -Directory | ForEach-Object { @{ Name = $_.Name; Collected = Join-Path -Path $_.FullName -ChildPath 'collected' } })
    if ($scenarios.Count -lt 23) { throw "Only $($scenarios.Count) scenarios." }
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
        . $PSScriptRoot/evidence.ps1
        Import-TestModule

        . $PSScriptRoot/remedy.ps1

        function Get-AllRemedy {
            param($Failure)
            foreach ($one in $Failure) { foreach ($name in 'Remedy', 'NextStep') { if ($one.PSObject.Properties[$name]) { $one.$name } } }
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

    It 'of the queues'' <Name> hold nothing but known commands' -ForEach $queueCases {
        $found = if ($Case.PSObject.Properties['text']) { Get-QueueFailure $Case.text } else { Get-QueueFailure $Case.queue }
        @(Get-AllRemedy -Failure $found | ForEach-Object { Find-Danger -Line $_ }) | Should -BeNullOrEmpty
    }

    It 'of the connectors'' <Name> hold nothing but known commands' -ForEach $connectorCases {
        $found = Get-CaseEvidence -Case $Case | Test-ReceiveConnectorAuth
        @(Get-AllRemedy -Failure $found | ForEach-Object { Find-Danger -Line $_ }) | Should -BeNullOrEmpty
    }

    It 'of the scenario <Name> hold nothing but known commands' -ForEach $scenarios {
        $found = Get-ExchangeTlsDiagnosis -Path $Collected -At 2026-03-10T09:00:00Z -WarningAction SilentlyContinue
        @(Get-AllRemedy -Failure $found | ForEach-Object { Find-Danger -Line $_ }) | Should -BeNullOrEmpty
    }

    It 'hold a hostile queue, connector or server as data: <Text>' -ForEach $hostile {
        # What tells who it is, in every place that a command could name.
        $errors = @(
            "454 4.7.5 The certificate specified in TlsCertificateName of $Text could not be found", '451 5.7.3 Cannot achieve Exchange Server authentication', '421 4.4.1 Connection timed out'
            "[{LED=450 4.4.316 Connection refused [Message=Socket error code 10061]};{FQDN=$Text};{IP=$Text};{LRT=$Text}]", "454 4.7.5 Certificate validation failure, Reason:$Text", "451 4.4.0 DNS query failed for $Text"
            '421 4.4.2 Connection dropped due to SocketError', '451 5.7.3 STARTTLS is required to send mail', '535 5.7.3 Authentication unsuccessful', "550 5.7.64 TenantAttribution; $Text", $Text
        )
        $queues = foreach ($type in 'DnsConnectorDelivery', 'SmartHostConnectorDelivery', 'SmtpRelayToRemoteAdSite', 'SmtpDeliveryToMailbox', $Text) {
            foreach ($one in $errors) { [pscustomobject] @{ Identity = "$Text\3"; NextHopDomain = $Text; NextHopConnector = $Text; DeliveryType = $type; Status = $Text; MessageCount = 1; LastError = $one; LastRetryTime = $Text } }
        }
        $receive = @(
            foreach ($but in @{ AuthMechanism = 'Tls' }, @{ PermissionGroups = 'AnonymousUsers' }, @{ SuppressXAnonymousTls = $true }, @{ TlsCertificateName = "<I>CN=$Text<S>CN=$Text" }, @{ Fqdn = $Text }, @{ RemoteIPRanges = @('10.1.2.0-10.1.2.255') }) {
                $properties = @{
                    Identity = "$Text\$Text"; Name = $Text; Server = $Text; Bindings = @('0.0.0.0:25'); RemoteIPRanges = @('0.0.0.0-255.255.255.255'); AuthMechanism = 'Tls, ExchangeServer'
                    PermissionGroups = 'ExchangeServers'; TransportRole = 'FrontendTransport'; Enabled = $true; TlsCertificateName = $null
                }
                foreach ($key in $but.Keys) { $properties[$key] = $but[$key] }
                [pscustomobject] $properties
            }
        )
        $certificate = New-TestCertificate -CommonName $Text -NotAfter '2026-01-01T00:00:00Z'
        $twin = New-TestCertificate -CommonName $Text
        $certificates = foreach ($one in $certificate, $twin) { [pscustomobject] @{ Identity = "$Text\$($one.Thumbprint)"; RawData = $one.RawData; Services = 'None'; HasPrivateKey = $true } }
        $send = [pscustomobject] @{ Identity = $Text; Name = $Text; Fqdn = $Text; AddressSpaces = @("SMTP:$Text;1"); SmartHosts = @($Text); RequireTLS = $true; TlsDomain = $Text; TlsCertificateName = "<I>CN=$Text<S>CN=$Text"; SourceTransportServers = @($Text); Enabled = $true }
        $server = [pscustomobject] @{ PSTypeName = 'Microsoft.Exchange.Data.Directory.Management.ExchangeServer'; Name = $Text; Fqdn = $Text; IPAddress = '10.1.2.3'; InternalTransportCertificateThumbprint = $twin.Thumbprint }
        # A log whose connector, host and certificate are of the same kind; commas and line ends would end its fields.
        $logs = New-FailureLog -Folder (Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())) -Thumbprint $certificate.Thumbprint
        $log = (Get-ChildItem -LiteralPath $logs).FullName
        [System.IO.File]::WriteAllText($log, [System.IO.File]::ReadAllText($log).Replace('Outbound to Office 365', ($Text -replace '[,"\r\n]', ' ')))
        $all = @($queues) + $receive + $certificates + $send + $server
        $found = @(
            $queues | Get-QueueFailure
            @($receive) + $server | Test-ReceiveConnectorAuth
            $all | Get-ExchangeTlsDiagnosis -At 2026-06-01 -LogPath $logs -WarningAction SilentlyContinue
        )
        ($found | Where-Object { $_ -is [ExchangeTls.Diagnosis] }).Count | Should -BeGreaterThan 2
        ($found | Where-Object { $_ -is [ExchangeTls.QueueFailure] }).Count | Should -BeGreaterThan 49
        @(Get-AllRemedy -Failure $found | Select-Object -Unique | ForEach-Object { Find-Danger -Line $_ }) | Should -BeNullOrEmpty
        $shown = -join @(
            $found | Out-String -Width 500
            $found | Format-List | Out-String -Width 500
            $found | Format-List -Property * | Out-String -Width 500
            $found | Where-Object { $_ -is [ExchangeTls.Diagnosis] } | ForEach-Object { $_.Evidence } | Out-String -Width 500
        )
        $shown | Should -Not -Match '[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]'
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
        'Get-Item (calc)', 'Get-Item | ForEach-Object { calc }', 'Get-Item | ForEach-Object { $_.ToString() } -End { calc }', '(Get-Date).ToString()', '(calc).Length', '(Get-Item a).Delete()', 'Get-Item | Format-List { calc }', 'Get-Item `', 'Get-Item ''', 'certutil; calc', '$a = 1', 'if (1) { certutil }', 'certutil "a"', "certutil`ncertutil"
    ) {
        Find-Danger -Line $_ | Should -Not -BeNullOrEmpty
    }
}
