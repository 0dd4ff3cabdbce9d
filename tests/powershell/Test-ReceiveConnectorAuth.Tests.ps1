# Every case of tests/data/connectors through the cmdlet, and what only a cmdlet meets:
# the pipeline, objects with types of their own, real exports.
BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/evidence.ps1
    $connectorCases = Get-EvidenceCase -Folder 'connectors' -Least 60
    $hasExports = Test-Path -LiteralPath $Exports
    if (-not $hasExports) { Write-Warning "SKIPPED: there are no real exports of Exchange objects in $Exports; no real receive connector was tested." }
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/compare.ps1
    . $PSScriptRoot/evidence.ps1
    . $PSScriptRoot/zoo.ps1
    Import-TestModule

    function New-Connector {
        # As Get-ReceiveConnector gives it, healthy but for what is said.
        param([string] $Name = 'Default Frontend EX01', [hashtable] $But = @{})
        $properties = [ordered] @{
            PSTypeName = 'Microsoft.Exchange.Data.Directory.SystemConfiguration.ReceiveConnector'
            Identity = "EX01\$Name"; Name = $Name; Server = 'EX01'; Bindings = @('0.0.0.0:25', '[::]:25'); RemoteIPRanges = @('0.0.0.0-255.255.255.255')
            AuthMechanism = 'Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer'; PermissionGroups = 'AnonymousUsers, ExchangeServers, ExchangeLegacyServers'
            TransportRole = 'FrontendTransport'; Fqdn = 'EX01.contoso.com'; Enabled = $true; TlsCertificateName = $null; SuppressXAnonymousTls = $false
        }
        foreach ($key in $But.Keys) { $properties[$key] = $But[$key] }
        [pscustomobject] $properties
    }

    function Add-Text {
        # Exchange's own types write themselves.
        param($Object, [scriptblock] $Text)
        $Object | Add-Member -MemberType ScriptMethod -Name ToString -Value $Text -Force -PassThru
    }
    $broken = @{ AuthMechanism = 'Tls, Integrated' }
}

Describe 'Test-ReceiveConnectorAuth' {
    It '<Name>' -ForEach $connectorCases {
        $objects = @(Get-CaseEvidence -Case $Case)
        $ways = @{
            live         = { $objects | Test-ReceiveConnectorAuth }
            positional   = { Test-ReceiveConnectorAuth $objects }
            deserialized = { Copy-ByRemoting -Object $objects | Test-ReceiveConnectorAuth }
            imported     = { Copy-ByClixml -Object $objects | Test-ReceiveConnectorAuth }
        }
        foreach ($way in $ways.Keys) {
            @(Compare-ConnectorTest -Expected $Case.expected -Given @(& $ways[$way])) | Should -BeNullOrEmpty -Because $way
        }
    }

    It 'judges all of one command together, and keeps their order' {
        $found = @(New-Connector; New-Connector -Name 'Relay' -But @{ RemoteIPRanges = @('10.1.2.3') }) | Test-ReceiveConnectorAuth
        $found.Identity | Should -Be 'EX01\Default Frontend EX01', 'EX01\Relay'
        (Test-ReceiveConnectorAuth -InputObject (New-Connector)).Result | Should -Be Pass
    }

    It 'gives nothing for nothing, and judges nothing that is not told' {
        $null | Test-ReceiveConnectorAuth -ErrorAction Stop | Should -BeNullOrEmpty
        Test-ReceiveConnectorAuth $null -ErrorAction Stop | Should -BeNullOrEmpty
        Test-ReceiveConnectorAuth @() -ErrorAction Stop | Should -BeNullOrEmpty
        $bare = [pscustomobject] @{ Identity = 'EX01\A'; Bindings = $null }
        $found = Test-ReceiveConnectorAuth $bare
        $found.Result | Should -Be Warning
        $found.AuthMechanism | Should -Be $null
        $found.Bindings | Should -HaveCount 0
    }

    It 'reads bindings, ranges and flags that are objects' {
        $bindings = foreach ($address in '0.0.0.0', '::') { Add-Text -Object ([pscustomobject] @{ Address = [ipaddress] $address; Port = 25 }) -Text { if ($this.Address.AddressFamily -eq 'InterNetworkV6') { "[$($this.Address)]:25" } else { "$($this.Address):25" } } }
        $range = Add-Text -Object ([pscustomobject] @{ Lower = '0.0.0.0'; Upper = '255.255.255.255' }) -Text { "$($this.Lower)-$($this.Upper)" }
        $auth = Add-Text -Object ([pscustomobject] @{ value__ = 3 }) -Text { 'Tls, Integrated' }
        $list = [System.Collections.ObjectModel.Collection[object]]::new()
        $bindings | ForEach-Object { $list.Add($_) }
        $live = New-Connector -But @{ Bindings = $list; RemoteIPRanges = $range; AuthMechanism = $auth; Enabled = 'True' }
        $found = Test-ReceiveConnectorAuth $live
        $found.Bindings | Should -Be '0.0.0.0:25', '[::]:25'
        $found.AuthMechanism | Should -Be 'Tls', 'Integrated'
        $found.Findings[0].Code | Should -Be ExchangeServerAuthMissing
    }

    It 'reads endpoints that lost their text' {
        $lost = New-Connector -But @{ Bindings = @([pscustomobject] @{ Address = '0.0.0.0'; Port = 25 }, [pscustomobject] @{ Address = [pscustomobject] @{ IPAddressToString = '::' }; Port = 25 }) }
        foreach ($object in $lost, (Copy-ByClixml -Object $lost), (Copy-ByRemoting -Object $lost)) {
            (Test-ReceiveConnectorAuth $object).Bindings | Should -Be '0.0.0.0:25', '[::]:25'
        }
    }

    It 'takes enumerations, live and deserialized' {
        $live = New-Connector -But @{ Enabled = $true; ProtocolLoggingLevel = [System.IO.FileAttributes] 'ReadOnly, Hidden'; TransportRole = 16384; AuthMechanism = 15 }
        foreach ($object in $live, (Copy-ByClixml -Object $live)) {
            (Test-ReceiveConnectorAuth $object).AuthMechanism | Should -Be 'Tls', 'Integrated', 'BasicAuth', 'BasicAuthRequireTLS'
        }
    }

    It 'names what is no connector, goes on, and heeds -ErrorAction' {
        $given = @('text', (New-Connector), [pscustomobject] @{ Odd = 1 })
        $found = @($given | Test-ReceiveConnectorAuth -ErrorVariable failed -ErrorAction SilentlyContinue)
        $found | Should -HaveCount 1
        $failed | Should -HaveCount 2
        $failed.FullyQualifiedErrorId | Select-Object -Unique | Should -Be 'NotEvidence,Test-ReceiveConnectorAuth'
        { $given | Test-ReceiveConnectorAuth -ErrorAction Stop } | Should -Throw -ErrorId 'NotEvidence,Test-ReceiveConnectorAuth'
    }

    It 'is quick with thousands of ranges' {
        $ranges = 0..9999 | ForEach-Object { "10.$([int] [Math]::Floor($_ / 250)).$($_ % 250).1" }
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        (Test-ReceiveConnectorAuth (New-Connector -Name Relay -But @{ RemoteIPRanges = $ranges })).Result | Should -Not -BeNullOrEmpty
        $watch.ElapsedMilliseconds | Should -BeLessThan 10000
    }

    It 'gives objects that are flat enough for CSV and JSON, and survive serialization' {
        $found = Test-ReceiveConnectorAuth (New-Connector -But $broken)
        $found.Result | Should -Be Fail
        $row = $found | ConvertTo-Csv | ConvertFrom-Csv
        $row.Bindings | Should -BeExactly '0.0.0.0:25; [::]:25'
        $row.Findings | Should -Match '^Error ExchangeServerAuthMissing: '
        $row.PSObject.Properties.Value -match 'System\.|FlatList|ExchangeTls\.' | Should -BeNullOrEmpty
        $json = $found | ConvertTo-Json -Depth 3 | ConvertFrom-Json
        $json.Findings[0].Code | Should -Be ExchangeServerAuthMissing
        $json.Remedy | Should -Be @($found.Remedy)
        foreach ($again in (Copy-ByClixml -Object $found), (Copy-ByRemoting -Object $found), (Copy-ByRemoting -Object (Copy-ByRemoting -Object $found))) {
            $again.PSObject.TypeNames[0] | Should -BeLike '*Deserialized.ExchangeTls.ConnectorTest'
            foreach ($name in $found.PSObject.Properties.Name) { $again.$name -join '|' | Should -BeExactly ($found.$name -join '|') -Because $name }
            $again.Findings[0].Message | Should -BeExactly $found.Findings[0].Message
        }
    }
}

Describe 'Real receive connectors' -Skip:(-not $hasExports) {
    BeforeAll { $real = Import-Clixml -LiteralPath (Join-Path -Path $Exports -ChildPath 'GetReceiveConnectorEmptyTlsCertificateName.xml') }

    It 'are read whole and found healthy' {
        $found = @($real | Test-ReceiveConnectorAuth -ErrorAction Stop)
        $found | Should -HaveCount 5
        $found.Result | Select-Object -Unique | Should -Be Pass
        foreach ($one in $found) { $one.Bindings | Should -HaveCount 2; $one.AuthMechanism | Should -Contain Tls; $one.Identity | Should -BeLike "$($one.Server)\*" }
    }

    It 'fail where other servers come in, once ExchangeServer is taken away' {
        $real | ForEach-Object { $_.AuthMechanism = 'Tls, Integrated, BasicAuth, BasicAuthRequireTLS' }
        $failed = @($real | Test-ReceiveConnectorAuth | Where-Object -Property Result -EQ -Value Fail)
        $failed | Should -HaveCount 2
        $failed | ForEach-Object { $_.Findings.Code | Should -Contain ExchangeServerAuthMissing }
    }

    It 'tell nothing of queues, and no error' {
        $real | Get-QueueFailure -ErrorAction Stop | Should -BeNullOrEmpty
    }
}
