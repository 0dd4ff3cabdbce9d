# Every scenario of tests/data/scenarios through the cmdlet: from the folder, from
# the objects that Import-Clixml gives, and from stand-ins of the commands of the
# Exchange Management Shell.
BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    $scenarios = @(
        Get-ChildItem -LiteralPath (Join-Path -Path $Data -ChildPath 'scenarios') -Directory | Sort-Object -Property Name |
            ForEach-Object { @{ Name = $_.Name; Collected = Join-Path -Path $_.FullName -ChildPath 'collected'; Folder = $_.FullName } }
    )
    if ($scenarios.Count -lt 23) { throw "Only $($scenarios.Count) scenarios." }
}

Describe 'Get-ExchangeTlsDiagnosis' {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        . $PSScriptRoot/scenario.ps1
        Import-TestModule
    }

    It '<Name>: answers from the folder' -ForEach $scenarios {
        $expected = Read-Expected -Folder $Folder
        $found = @(Get-ExchangeTlsDiagnosis -Path $Collected -At $expected.At)
        @(Compare-Diagnosis -Expected $expected -Given $found) | Should -BeNullOrEmpty
    }

    It '<Name>: the same from the objects' -ForEach $scenarios {
        $expected = Read-Expected -Folder $Folder
        $objects = @(Get-ChildItem -LiteralPath $Collected -Filter *.xml | ForEach-Object { Import-Clixml -LiteralPath $_.FullName })
        $more = @{}
        $logs = @(Get-ChildItem -LiteralPath $Collected -Directory)
        if ($logs) { $more.LogPath = $logs.FullName }
        $lists = @(Get-ChildItem -LiteralPath $Collected -Filter *.crl)
        if ($lists) { $more.Crl = $lists.FullName }
        $found = @($objects | Get-ExchangeTlsDiagnosis -At $expected.At @more)
        @(Compare-Diagnosis -Expected $expected -Given $found) | Should -BeNullOrEmpty
        $byFolder = @(Get-ExchangeTlsDiagnosis -Path $Collected -At $expected.At)
        # Where an object was read from is of no account.
        ConvertTo-Json -InputObject $found -Depth 5 | Should -Be (ConvertTo-Json -InputObject $byFolder -Depth 5)
    }

    Context 'in the Exchange Management Shell' {
        BeforeEach {
            $collected = [System.IO.Path]::Combine($Data, 'scenarios', 'kb-4051498', 'collected')
            $global:ExchangeTlsLive = @{}
            foreach ($name in 'queues', 'send-connectors', 'certificates') {
                $global:ExchangeTlsLive[$name] = Import-Clixml -LiteralPath (Join-Path -Path $collected -ChildPath "$name.xml")
            }
            $here = [Environment]::MachineName
            $global:ExchangeTlsLive.queues.Identity = "$here\17"
            $global:ExchangeTlsLive.certificates.Identity = "$here\$($global:ExchangeTlsLive.certificates.Thumbprint)"
            $global:ExchangeTlsLive.certificates.PSComputerName = $here
            $global:ExchangeTlsLive.'send-connectors'.SourceTransportServers = @($here)
            $service = [pscustomobject] @{ Name = $here; SendProtocolLogPath = [System.IO.Path]::Combine($collected, 'EX01', 'SmtpSend') }
            $global:ExchangeTlsLive.service = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($service, 1))
            $global:ExchangeTlsAsked = [System.Collections.ArrayList] @()
        }
        AfterEach {
            foreach ($name in 'Queue', 'SendConnector', 'ReceiveConnector', 'ExchangeCertificate', 'TransportService', 'ExchangeServer') {
                Remove-Item -LiteralPath "Function:\Get-$name" -ErrorAction SilentlyContinue
            }
            Remove-Variable -Name ExchangeTls* -Scope Global
        }

        It 'asks its commands, reads the logs, and says what it could not read' {
            function global:Get-Queue { param($Server) [void] $global:ExchangeTlsAsked.Add($Server); $global:ExchangeTlsLive.queues }
            function global:Get-SendConnector { $global:ExchangeTlsLive.'send-connectors' }
            function global:Get-ReceiveConnector { throw 'Access is denied.' }
            function global:Get-ExchangeCertificate { param($Server) [void] $global:ExchangeTlsAsked.Add($Server); $global:ExchangeTlsLive.certificates }
            function global:Get-TransportService { $global:ExchangeTlsLive.service }
            $found = @(Get-ExchangeTlsDiagnosis -At 2026-03-10T09:00:00Z -WarningVariable warned -WarningAction SilentlyContinue)
            $found | Should -HaveCount 1
            $found[0].Cause | Should -Be OwnCertificateNotEnabled
            $found[0].MessageCount | Should -Be 212
            $found[0].Count | Should -Be 3
            $found[0].Server | Should -Be ([Environment]::MachineName)
            $global:ExchangeTlsAsked | Should -Be @([Environment]::MachineName, [Environment]::MachineName)
            $unread = @($warned | ForEach-Object { $_.Message })
            $unread -match 'receive connectors.*Access is denied' | Should -HaveCount 1
            $unread -match 'the servers.*there is no Get-ExchangeServer' | Should -HaveCount 1
        }

        It 'believes the store of this computer that a certificate has no key' {
            # There is no drive Cert: off Windows: its objects go the way that they would go.
            $collected = [System.IO.Path]::Combine($Data, 'scenarios', 'keyless-unseen', 'collected')
            $stored = @(Import-Clixml -LiteralPath (Join-Path -Path $collected -ChildPath 'EX01-stores.xml') | Select-Object -Property PSPath, HasPrivateKey, RawData)
            $connector = Import-Clixml -LiteralPath (Join-Path -Path $collected -ChildPath 'send-connectors.xml')
            Import-Module -Name (Join-Path -Path $ModulePath -ChildPath 'Evidence.psm1')
            function Read-Store {
                [CmdletBinding()]
                param()
                $reader = [ExchangeTls.EvidenceReader]::new('Diagnoses', [datetime] '2026-03-10T09:00:00Z', $null)
                Add-Evidence -Cmdlet $PSCmdlet -Reader $reader -InputItem $connector
                foreach ($one in $stored) { Add-Evidence -Cmdlet $PSCmdlet -Reader $reader -InputItem $one -Computer 'EX01' }
                Write-Answer -Cmdlet $PSCmdlet -Reader $reader
                $reader.Dispose()
            }
            $found = @(Read-Store)
            Remove-Module -Name Evidence
            $found | Should -HaveCount 1
            $found[0].Cause | Should -Be OwnCertificateNoKey
            $found[0].Server | Should -Be EX01
        }

        It 'asks the servers that are named' {
            function global:Get-Queue { param($Server) [void] $global:ExchangeTlsAsked.Add($Server) }
            [void] (Get-ExchangeTlsDiagnosis -Server EX01, EX02 -WarningAction SilentlyContinue)
            $global:ExchangeTlsAsked | Should -Be 'EX01', 'EX02'
        }

        It 'says that it is elsewhere, where there is none of them' {
            { Get-ExchangeTlsDiagnosis -ErrorAction Stop -WarningAction SilentlyContinue } | Should -Throw -ErrorId 'NoExchangeShell,Get-ExchangeTlsDiagnosis'
        }
    }

    It 'takes a file out of Import-Clixml as a whole' {
        $queues = [System.IO.Path]::Combine($Data, 'scenarios', 'logging-off', 'collected', 'queues.xml')
        @(Get-ExchangeTlsDiagnosis -InputObject (Import-Clixml -LiteralPath $queues), $null) | Should -HaveCount 2
    }

    It 'names what tells nothing, and goes on' {
        $objects = @([pscustomobject] @{ Odd = 1 }) + @([pscustomobject] @{ NextHopDomain = 'contoso.com'; LastError = '421 4.2.1 Unable to connect' })
        $found = @($objects | Get-ExchangeTlsDiagnosis -ErrorVariable failed -ErrorAction SilentlyContinue)
        $found | Should -HaveCount 1
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'NotEvidence,Get-ExchangeTlsDiagnosis'
    }

    It 'reports files that cannot be read, with the line' {
        $file = Join-Path -Path $TestDrive -ChildPath 'broken.xml'
        Set-Content -LiteralPath $file -Value "<Objs Version=`"1.1.0.1`">`n<Obj RefId=`"0`">`n</Objs>"
        @(Get-ExchangeTlsDiagnosis -Path $file -ErrorVariable failed -ErrorAction SilentlyContinue) | Should -BeNullOrEmpty
        $failed[0].Exception.Message | Should -BeLike '*broken.xml:3:*Export-Clixml*'
    }

    It 'reports what is no certificate among the issuers: <_>' -ForEach 'Intermediate', 'Root', 'Crl' {
        $file = Join-Path -Path $TestDrive -ChildPath 'broken.cer'
        Set-Content -LiteralPath $file -Value 'nothing'
        $issuers = @{ $_ = $file }
        @(Get-ExchangeTlsDiagnosis -Path ([System.IO.Path]::Combine($Data, 'queues', 'queues.json')) @issuers -ErrorVariable failed -ErrorAction SilentlyContinue) | Should -Not -BeNullOrEmpty
        $failed.FullyQualifiedErrorId | Should -Be 'Unreadable,Get-ExchangeTlsDiagnosis'
        $failed[0].Exception.Message | Should -BeLike '*broken.cer: *'
    }

    It 'gives objects that are flat enough for CSV, and survive serialization' {
        $collected = [System.IO.Path]::Combine($Data, 'scenarios', 'kb-4051498', 'collected')
        $found = Get-ExchangeTlsDiagnosis -Path $collected -At 2026-03-10T09:00:00Z
        $row = $found | ConvertTo-Csv | ConvertFrom-Csv
        $row.Remedy | Should -BeLike '*Enable-ExchangeCertificate*; Get-Queue*'
        $row.Evidence | Should -BeLike 'Queue EX01\17: 212 messages*; Log *SEND20260310-1.LOG:27)*'
        $row.PSObject.Properties.Value -match 'System\.|FlatList' | Should -BeNullOrEmpty
        $serializer = [System.Management.Automation.PSSerializer]
        $again = $serializer::Deserialize($serializer::Serialize($found))
        $again.Evidence[0].Kind | Should -Be Queue
        $again.Remedy | Should -Be @($found.Remedy)
    }
}
