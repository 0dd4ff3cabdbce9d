# How objects look, and what is left of them on the way to other programs and machines.
BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/compare.ps1
    . $PSScriptRoot/zoo.ps1
    Import-TestModule
    $tests = @(Invoke-ZooCase -Folder (Get-ZooCase -Name 'duplicate-keyless').Folder)
    $failure = Get-SendConnectorFailure -Path (Join-Path -Path $Seeds -ChildPath 'kb4051498')
    $session = Get-SmtpSession -Path (Get-CaseInput -Name 'healthy-send-tls-new')
    $waiting = Get-QueueFailure ([pscustomobject] @{
            Identity = 'EX01\3'; NextHopDomain = 'fabrikam.com'; DeliveryType = 'DnsConnectorDelivery'; Status = 'Retry'; MessageCount = 12; LastRetryTime = '2024-01-02T03:04:05Z'
            LastError = '451 4.4.0 Primary target IP address responded with: "421 4.4.1 Connection timed out." Attempted failover to alternate host, but that did not succeed.'
        })
    $auth = Test-ReceiveConnectorAuth ([pscustomobject] @{
            Identity = 'EX01\Default'; Name = 'Default'; Server = 'EX01'; Bindings = @('0.0.0.0:25', '[::]:25'); RemoteIPRanges = @('0.0.0.0-255.255.255.255'); AuthMechanism = 'Tls'
            PermissionGroups = 'ExchangeServers'; TransportRole = 'FrontendTransport'; Enabled = $true; Fqdn = 'EX01.contoso.com'; TlsCertificateName = $null
        })
    $diagnosis = Get-ExchangeTlsDiagnosis -Path ([System.IO.Path]::Combine($Data, 'scenarios', 'kb-4051498', 'collected')) -At 2026-03-10T09:00:00Z
    $told = 'CN=\*\.domain\.com, OU=Enterprise SSL Wildcard', 'CN=Trusted Secure Certificate Authority 5', '0083F1C2D4E5A69780B1C2D3E4F5061728',
    'D8A1F0B2C3947586E7F60918273645546372819A', '\*\.domai\.com, conotso\.com'
}

Describe 'Views' {
    It 'shows failures as a table' {
        $text = $failure | Out-String -Width 120
        $text | Should -Match 'Time +Cause +Connector +Remote +Error'
        $text | Should -Match '2017-10-07 04:42:56Z OwnCertificateNotEnabled +Outbound to Office 365 +SN1NAM02FT045\S* +UnknownCredentials'
    }

    It 'shows the address where a peer gave no name' {
        $nameless = [ExchangeTls.ConnectorFailure] @{ RemoteEndpoint = '192.0.2.1:25' }
        $nameless | Out-String -Width 120 | Should -Match '192\.0\.2\.1:25'
    }

    It 'shows all of a certificate in every list: <View>' -ForEach @(
        @{ View = 'Format-List'; Show = { $failure | Format-List } }
        @{ View = 'Format-List *'; Show = { $failure | Format-List -Property * } }
        @{ View = 'the certificate alone'; Show = { $failure.Certificate } }
        @{ View = 'a session'; Show = { Get-SmtpSession -Path $failure.Path -Cause OwnCertificateNotEnabled | Format-List } }
    ) {
        $text = & $Show | Out-String -Width 500
        foreach ($part in $told) { $text | Should -Match $part }
        $text | Should -Not -Match 'ExchangeTls\.Certificate'
    }

    It 'shows remedy and diagnosis whole' {
        $text = $failure | Format-List | Out-String -Width 500
        foreach ($line in @($failure.Diagnosis) + $failure.Remedy) { $text | Should -Match ([regex]::Escape($line)) }
    }

    It 'shows sessions as a table' {
        $session | Out-String -Width 120 | Should -Match '2024-01-05 08:00:00Z Outbound to Office 365 +VE1EUR03FT023\S* +TLS1\.2 +1 +0[.,]368'
    }

    It 'shows tests as a table, in a narrow window too' {
        $text = $tests | Out-String -Width 80
        $text | Should -Match 'Result +NotAfter +DaysLeft +Findings +Subject'
        $text | Should -Match 'Fail +2030-01-01 +1310 +AmbiguousTlsCertificateName \+1 +CN=mail\.contoso\.com'
        $text | Should -Match 'Fail +2026-07-01 +30 +NoPrivateKey \+2 '
        (Invoke-ZooCase -Folder (Get-ZooCase -Name 'tls-name-one').Folder)[0] | Out-String -Width 80 | Should -Match 'Pass +2030-01-01 +1310 +CN='
    }

    It 'shows in the table where it is, what cannot be read' {
        Test-ExchangeTlsCert -Certificate ([pscustomobject] @{ RawData = [byte[]] (1, 2) ; Identity = 'EX01\A' }) -Root @() | Out-String -Width 80 | Should -Match 'Fail +Malformed +EX01\\A'
    }

    It 'shows findings, chain and remedy whole, one a line' {
        foreach ($test in $tests + @($tests | ForEach-Object { Copy-ByRemoting -Object $_ })) {
            $text = $test | Format-List | Out-String -Width 1000
            foreach ($finding in $test.Findings) { $text | Should -Match ([regex]::Escape("$($finding.Severity) $($finding.Code): $($finding.Message)") + '(\r?\n)') }
            foreach ($element in $test.Chain) { $text | Should -Match ([regex]::Escape("$($element.Subject) ($($element.Source))") + '(\r?\n)') }
            foreach ($line in $test.Remedy) { $text | Should -Match ([regex]::Escape($line) + '(\r?\n)') }
            $text | Should -Match 'NotAfter +: 20\d\d-\d\d-01 00:00:00Z'
        }
        # The certificate a finding is about stands behind it where it is another one.
        $test = Invoke-ZooCase -Folder (Get-ZooCase -Name 'missing-second-intermediate').Folder
        $test | Format-List | Out-String -Width 1000 | Should -Match 'Error MissingIntermediate: .* \[CN=Zoo Second CA, O=Zoo, C=US\]'
        $test.Findings | Out-String -Width 1000 | Should -Match 'Element +: CN=Zoo Second CA, O=Zoo, C=US'
    }

    It 'shows findings that serialization made text of' {
        $cut = [ExchangeTls.CertificateTest]::new() | Select-Object -Property *
        $cut.PSObject.TypeNames.Insert(0, 'ExchangeTls.CertificateTest')
        $cut.Findings = @("$($tests[1].Findings[0])", "$($tests[1].Findings[1])")
        $cut.Chain = @("$($tests[1].Chain[0])")
        $cut | Out-String -Width 80 | Should -Match 'NoPrivateKey \+1'
        $text = $cut | Format-List | Out-String -Width 1000
        foreach ($part in @($cut.Findings) + $cut.Chain) { $text | Should -Match ([regex]::Escape($part)) }
    }

    It 'shows queues as a table' {
        $text = $waiting | Out-String -Width 120
        $text | Should -Match 'Identity +Messages +NextHopDomain +Cause +Error'
        $text | Should -Match 'EX01\\3 +12 +fabrikam\.com +ConnectionTimedOut +421 4\.4\.1'
        Get-QueueFailure '450 4.4.316 Connection refused [Message=Socket error code 10061]' | Out-String -Width 120 | Should -Match 'ConnectionRefused +10061'
    }

    It 'shows tests of connectors as a table' {
        $text = $auth | Out-String -Width 120
        $text | Should -Match 'Result +Identity +Bindings +Findings'
        $text | Should -Match 'Fail +EX01\\Default +0\.0\.0\.0:25, \[::\]:25 +ExchangeServerAuthMissing'
    }

    It 'shows diagnoses and their evidence as tables' {
        $text = $diagnosis | Out-String -Width 120
        $text | Should -Match 'Rank +Cause +Messages +LastSeen +Summary'
        $text | Should -Match ' 1 +OwnCertificateNotEnabled +212 +2026-03-10 \d\d:\d\d:\d\dZ '
        $text = $diagnosis.Evidence | Out-String -Width 200
        $text | Should -Match 'Kind +Name +Text +Place'
        $text | Should -Match 'SEND20260310-1\.LOG:27'
    }

    It 'shows queues, connectors and diagnoses whole, one command a line' {
        foreach ($object in $waiting, $auth, $diagnosis) {
            foreach ($one in $object, (Copy-ByRemoting -Object $object)) {
                $text = $one | Format-List | Out-String -Width 2000
                $lines = @(foreach ($name in 'NextStep', 'Remedy') { if ($one.PSObject.Properties[$name]) { $one.$name } })
                $lines.Count | Should -BeGreaterThan 0
                foreach ($line in $lines) { $text | Should -Match "(?m)(: | {3,})$([regex]::Escape($line))\r?$" }
                foreach ($property in $object.PSObject.Properties) { $text | Should -Match "(?m)^$($property.Name) +: " -Because $property.Name }
                $text | Should -Not -Match 'FlatList|System\.|ExchangeTls\.'
            }
        }
        $text = Copy-ByRemoting -Object $waiting | Format-List | Out-String -Width 2000
        $text | Should -Match 'LastRetryTime +: 2024-01-02 03:04:05Z'
        $text | Should -Match ([regex]::Escape($waiting.Diagnosis))
        foreach ($finding in $auth.Findings) { $auth | Format-List | Out-String -Width 2000 | Should -Match ([regex]::Escape("$($finding.Severity) $($finding.Code): $($finding.Message)")) }
        $text = $diagnosis | Format-List | Out-String -Width 2000
        foreach ($one in $diagnosis.Evidence) { $text | Should -Match ([regex]::Escape("$one")) }
        $text = $diagnosis.Evidence | Format-List | Out-String -Width 2000
        foreach ($name in 'Kind', 'Text', 'Name', 'Path', 'Line', 'Thumbprint') { $text | Should -Match "(?m)^$name +: " }
    }

    It 'shows evidence and findings that serialization made text of' {
        $cut = [ExchangeTls.Diagnosis]::new() | Select-Object -Property *
        $cut.PSObject.TypeNames.Insert(0, 'ExchangeTls.Diagnosis')
        $cut.Evidence = @("$($diagnosis.Evidence[0])")
        $cut | Format-List | Out-String -Width 1000 | Should -Match ([regex]::Escape($cut.Evidence[0]))
        $cut = [ExchangeTls.ConnectorTest]::new() | Select-Object -Property *
        $cut.PSObject.TypeNames.Insert(0, 'ExchangeTls.ConnectorTest')
        $cut.Findings = @("$($auth.Findings[0])")
        $cut | Out-String -Width 120 | Should -Match 'ExchangeServerAuthMissing'
        $cut | Format-List | Out-String -Width 1000 | Should -Match ([regex]::Escape($cut.Findings[0]))
    }

    It 'shows nothing that steers a terminal: <Name>' -ForEach @(
        . $PSScriptRoot/common.ps1
        Get-ChildItem -LiteralPath $Cases -Directory -Filter 'odd-hostile-*' | ForEach-Object { @{ Name = $_.Name; Folder = $_.FullName } }
    ) {
        $found = @(Get-SendConnectorFailure -LiteralPath "$Folder/input" -IncludeRecords) + @(Get-SmtpSession -LiteralPath "$Folder/input" -IncludeRecords)
        $found.Count | Should -BeGreaterThan 1
        $text = -join @(
            $found | Out-String -Width 500
            $found | Format-List | Out-String -Width 500
            $found | Format-List -Property * | Out-String -Width 500
            $found.Certificate | Where-Object { $_ } | Out-String -Width 500
        )
        # Control characters but line ends, and characters that reorder or hide text.
        $text | Should -Not -Match '[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]'
    }

    It 'bears strict mode' {
        Set-StrictMode -Version Latest
        foreach ($object in [ExchangeTls.ConnectorFailure]::new(), [ExchangeTls.SmtpSession]::new(), [ExchangeTls.Certificate]::new(), [ExchangeTls.CertificateTest]::new(), [ExchangeTls.Finding]::new(), [ExchangeTls.ChainElement]::new(),
            [ExchangeTls.QueueFailure]::new(), [ExchangeTls.ConnectorTest]::new(), [ExchangeTls.Diagnosis]::new(), [ExchangeTls.Evidence]::new()) {
            { $object, $object | Out-String } | Should -Not -Throw
            { $object | Format-List | Out-String } | Should -Not -Throw
        }
    }
}

Describe 'Serialization' {
    It 'keeps everything through <Way>' -ForEach @(
        @{ Way = 'Export-Clixml'; Send = { param($Object, $File) Export-Clixml -InputObject $Object -LiteralPath $File; Import-Clixml -LiteralPath $File } }
        @{ Way = 'remoting'; Send = { param($Object) $serializer = [System.Management.Automation.PSSerializer]; $serializer::Deserialize($serializer::Serialize($Object)) } }
        @{ Way = 'remoting twice'; Send = { param($Object) $serializer = [System.Management.Automation.PSSerializer]; 1, 2 | ForEach-Object { $Object = $serializer::Deserialize($serializer::Serialize($Object)) }; $Object } }
        @{ Way = 'a job'; Send = { param($Object) Start-Job -ScriptBlock { Import-Module -Name $using:ModulePath; $input } -InputObject $Object | Receive-Job -Wait -AutoRemoveJob } }
    ) {
        foreach ($object in $failure, $session, $tests[0], $waiting, $auth, $diagnosis) {
            $copy = & $Send $object (Join-Path -Path $TestDrive -ChildPath 'object.xml')
            $copy.PSObject.TypeNames[0] | Should -BeLike '*Deserialized.ExchangeTls.*'
            foreach ($property in $object.PSObject.Properties) {
                $name = $property.Name
                if ($name -like '*Certificate' -and $null -ne $object.$name) {
                    foreach ($field in $object.$name.PSObject.Properties.Name) { $copy.$name.$field -join '|' | Should -BeExactly ($object.$name.$field -join '|') -Because "$name.$field" }
                }
                elseif ($name -in 'Findings', 'Chain', 'Evidence') {
                    @($copy.$name).Count | Should -Be @($object.$name).Count
                    foreach ($field in $object.$name[0].PSObject.Properties.Name) { $copy.$name.$field -join '|' | Should -BeExactly ($object.$name.$field -join '|') -Because "$name.$field" }
                    $copy.$name -join '|' | Should -BeExactly ($object.$name -join '|') -Because $name
                }
                else { $copy.$name -join '|' | Should -BeExactly ($object.$name -join '|') -Because $name }
            }
        }
        $copy = & $Send $failure (Join-Path -Path $TestDrive -ChildPath 'object.xml')
        $copy.Time.Kind | Should -Be 'Utc'
        $copy.Line | Should -Be 63
        $text = $copy | Format-List | Out-String -Width 500
        foreach ($part in $told) { $text | Should -Match $part }
    }

    It 'gives a readable certificate to Export-Csv' {
        $row = $failure | ConvertTo-Csv -NoTypeInformation | ConvertFrom-Csv
        foreach ($part in $told) { $row.Certificate | Should -Match $part }
        $row.Certificate | Should -Not -Match "`n"
        $row.Cause | Should -BeExactly 'OwnCertificateNotEnabled'
        $row.RemoteCertificate | Should -BeNullOrEmpty
    }

    It 'gives tests to Export-Csv, with their lists joined' {
        $file = Join-Path -Path $TestDrive -ChildPath 'tests.csv'
        $tests | Export-Csv -LiteralPath $file -NoTypeInformation
        $row = @(Import-Csv -LiteralPath $file)[1]
        $row.Result, $row.Thumbprint, $row.HasPrivateKey, $row.Services | Should -Be @('Fail', $tests[1].Thumbprint, 'False', '')
        $joined = $tests | Select-Object -Property Thumbprint, @{ Name = 'Findings'; Expression = { $_.Findings -join '; ' } }, @{ Name = 'Chain'; Expression = { $_.Chain -join ' < ' } }
        $row = @($joined | ConvertTo-Csv -NoTypeInformation | ConvertFrom-Csv)[1]
        $row.Findings | Should -Match '^Error NoPrivateKey: .*\[CN=mail\.contoso\.com, O=Contoso, C=US\]; Error Ambiguous'
        $row.Chain | Should -Match '^CN=mail.* < CN=Zoo Issuing CA.* < CN=Zoo Root'
    }

    It 'gives JSON with the names of the contract' {
        $object = $failure | ConvertTo-Json -Depth 3 | ConvertFrom-Json
        $object.Certificate.Thumbprint | Should -BeExactly $failure.Certificate.Thumbprint
        $object.OfferedExtensions | Should -Contain 'STARTTLS'
    }
}
