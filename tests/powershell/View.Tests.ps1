# How objects look, and what is left of them on the way to other programs and machines.
BeforeAll {
    . $PSScriptRoot/common.ps1
    Import-TestModule
    $failure = Get-SendConnectorFailure -Path (Join-Path -Path $Seeds -ChildPath 'kb4051498')
    $session = Get-SmtpSession -Path (Get-CaseInput -Name 'healthy-send-tls-new')
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
        foreach ($object in [ExchangeTls.ConnectorFailure]::new(), [ExchangeTls.SmtpSession]::new(), [ExchangeTls.Certificate]::new()) {
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
        foreach ($object in $failure, $session) {
            $copy = & $Send $object (Join-Path -Path $TestDrive -ChildPath 'object.xml')
            $copy.PSObject.TypeNames[0] | Should -BeLike '*Deserialized.ExchangeTls.*'
            foreach ($property in $object.PSObject.Properties) {
                $name = $property.Name
                if ($name -like '*Certificate' -and $null -ne $object.$name) {
                    foreach ($field in $object.$name.PSObject.Properties.Name) { $copy.$name.$field -join '|' | Should -BeExactly ($object.$name.$field -join '|') -Because "$name.$field" }
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

    It 'gives JSON with the names of the contract' {
        $object = $failure | ConvertTo-Json -Depth 3 | ConvertFrom-Json
        $object.Certificate.Thumbprint | Should -BeExactly $failure.Certificate.Thumbprint
        $object.OfferedExtensions | Should -Contain 'STARTTLS'
    }
}
