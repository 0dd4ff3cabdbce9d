# Every case of tests/data/queues through the cmdlet, and what only a cmdlet meets:
# the pipeline, objects with types of their own, cultures, files.
BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/evidence.ps1
    $queueCases = Get-EvidenceCase -Folder 'queues' -Least 120
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/compare.ps1
    . $PSScriptRoot/evidence.ps1
    . $PSScriptRoot/zoo.ps1
    Import-TestModule
    $timeout = '451 4.4.0 Primary target IP address responded with: "421 4.4.1 Connection timed out." Attempted failover to alternate host, but that did not succeed.'
    $queue = [pscustomobject] @{
        PSTypeName = 'Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo'
        Identity = 'EX01\3'; DeliveryType = 'DnsConnectorDelivery'; NextHopDomain = 'fabrikam.com'; Status = 'Retry'; MessageCount = 12
        LastError = $timeout; LastRetryTime = [datetime]::new(2024, 1, 2, 3, 4, 5, [System.DateTimeKind]::Utc)
    }
}

Describe 'Get-QueueFailure' {
    It '<Name>' -ForEach $queueCases {
        $hasText = [bool] $Case.PSObject.Properties['text']
        $object = if ($hasText) { [pscustomobject] @{ LastError = $Case.text } } else { $Case.queue }
        $ways = @{
            live         = { $object | Get-QueueFailure }
            positional   = { Get-QueueFailure $object }
            deserialized = { Copy-ByRemoting -Object $object | Get-QueueFailure }
            imported     = { Copy-ByClixml -Object $object | Get-QueueFailure }
            selected     = { $object | Select-Object -Property * | Get-QueueFailure }
        }
        if ($hasText) { $ways.text = { Get-QueueFailure $Case.text } }
        foreach ($way in $ways.Keys) {
            @(Compare-QueueFailure -Expected $Case.expected -Given @(& $ways[$way])) | Should -BeNullOrEmpty -Because $way
        }
    }

    It 'takes many at once, from the pipeline, as a list and by alias, and keeps their order' {
        $all = 1..3 | ForEach-Object { $one = $queue.PSObject.Copy(); $one.Identity = "EX01\$_"; $one }
        ($all | Get-QueueFailure).Identity | Should -Be 'EX01\1', 'EX01\2', 'EX01\3'
        (Get-QueueFailure -InputObject $all).Identity | Should -Be 'EX01\1', 'EX01\2', 'EX01\3'
        (Get-QueueFailure -Queue $all[0]).Identity | Should -Be 'EX01\1'
        (Get-QueueFailure -LastError '421 4.2.1 Unable to connect').Cause | Should -Be ConnectFailed
        (Get-QueueFailure @{ LastError = $timeout; NextHopDomain = 'contoso.com'; 1 = 2; '' = 3 }).NextHopDomain | Should -Be 'contoso.com'
        $twice = @($queue, $queue | Get-QueueFailure)
        $twice | Should -HaveCount 2
    }

    It 'gives nothing for nothing' {
        $null, '', '   ', "`r`n", [pscustomobject] @{ LastError = $null }, [pscustomobject] @{ LastError = '' } | Get-QueueFailure -ErrorAction Stop | Should -BeNullOrEmpty
        Get-QueueFailure $null -ErrorAction Stop | Should -BeNullOrEmpty
        Get-QueueFailure @() -ErrorAction Stop | Should -BeNullOrEmpty
        @() | Get-QueueFailure -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'cuts a huge text, quickly' {
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $found = Get-QueueFailure ($timeout + (' [{LED="' * 120000))
        $found.Cause | Should -Be ConnectionTimedOut
        $found.LastError.Length | Should -BeLessThan 100000
        $watch.ElapsedMilliseconds | Should -BeLessThan 10000
        # A mebibyte is the most that the library takes as one text.
        $both = @([pscustomobject] @{ LastError = $timeout * 10000 }, $queue | Get-QueueFailure -ErrorVariable failed -ErrorAction SilentlyContinue)
        $both | Should -HaveCount 1
        $failed[0].Exception.Message | Should -BeLike 'LastError is * bytes long*'
    }

    It 'keeps what would steer a terminal out of the answer, and characters of all languages in it' {
        $found = Get-QueueFailure "550 5.1.1 $([char]27)[31mB$([char]0xFC)ro $([char]0x96FB)$([char]0x202E) $([char]::ConvertFromUtf32(0x1F600))"
        "$($found.LastError)$($found.Diagnosis)$($found.NextStep)" | Should -Not -Match '[\x00-\x1F\u202E]'
        $found.LastError | Should -Match "B$([char]0xFC)ro $([char]0x96FB).*$([char]::ConvertFromUtf32(0x1F600))"
    }

    It 'takes a time as an instant: <Kind>' -ForEach @(
        @{ Kind = 'Utc'; Shift = $false }
        @{ Kind = 'Local'; Shift = $true }
        @{ Kind = 'Unspecified'; Shift = $true }
    ) {
        $given = [datetime]::new(2024, 7, 2, 3, 4, 5, [System.DateTimeKind] $Kind)
        $expected = if ($Shift) { [datetime]::SpecifyKind($given, 'Local').ToUniversalTime() } else { $given }
        $one = $queue.PSObject.Copy()
        $one.LastRetryTime = $given
        foreach ($object in $one, (Copy-ByRemoting -Object $one), (Copy-ByClixml -Object $one)) {
            $found = Get-QueueFailure $object
            $found.LastRetryTime | Should -BeOfType [datetime]
            $found.LastRetryTime | Should -Be $expected
            $found.LastRetryTime.Kind | Should -Be Utc
        }
        # Get-Date adds a property to what it gives.
        $one.LastRetryTime = Get-Date
        (Get-QueueFailure (Copy-ByClixml -Object $one)).LastRetryTime | Should -BeOfType [datetime]
    }

    It 'says the same in every zone' {
        $script = '$t = [datetime]::new(2024, 7, 2, 3, 4, 5, [System.DateTimeKind]::Local); Import-Module $ModulePath; $f = Get-QueueFailure ([pscustomobject] @{ LastError = "421 4.2.1 x"; LastRetryTime = $t }); "{0:u}" -f $f.LastRetryTime'
        Invoke-Child -Script $script -Environment @{ TZ = 'Asia/Taipei' } | Should -BeExactly '2024-07-01 19:04:05Z'
        Invoke-Child -Script $script -Environment @{ TZ = 'America/New_York' } | Should -BeExactly '2024-07-02 07:04:05Z'
    }

    It 'keeps a time that is text in the spelling of another culture: <_>' -ForEach '02.01.2024 15:04:05', "2024/1/2 $([char]0x4E0B)$([char]0x5348) 03:04:05", '1/2/2024 3:04:05 PM', 'never' {
        $one = $queue.PSObject.Copy()
        $one.LastRetryTime = $_
        $found = Get-QueueFailure $one
        $found.LastRetryTime | Should -BeOfType [string]
        $found.LastRetryTime | Should -BeExactly $_
        (Get-QueueFailure (Copy-ByClixml -Object $one)).LastRetryTime | Should -BeExactly $_
    }

    It 'reads properties that are objects by their text' {
        $identity = [pscustomobject] @{ Server = 'EX01'; RowId = 3 } | Add-Member -MemberType ScriptMethod -Name ToString -Value { 'EX01\3' } -Force -PassThru
        $live = [pscustomobject] @{
            Identity = $identity; Status = [System.IO.SeekOrigin]::Current; NextHopConnector = [guid]::NewGuid()
            MessageCount = [long] 7; LastError = $timeout; DeliveryType = [System.DayOfWeek]::Friday; NextHopDomain = [System.Management.Automation.PSObject]::AsPSObject('contoso.com')
        }
        foreach ($object in $live, (Copy-ByClixml -Object $live), (Copy-ByRemoting -Object $live)) {
            $found = Get-QueueFailure $object
            $found.Status, $found.DeliveryType, $found.MessageCount, $found.NextHopDomain | Should -Be 'Current', 'Friday', 7, 'contoso.com'
        }
        (Get-QueueFailure $live).Identity | Should -BeExactly 'EX01\3'
    }

    It 'names what is no queue, goes on, and heeds -ErrorAction' {
        $given = @([pscustomobject] @{ Odd = 1 }, 42, $queue)
        $found = @($given | Get-QueueFailure -ErrorVariable failed -ErrorAction SilentlyContinue)
        $found | Should -HaveCount 1
        $failed | Should -HaveCount 2
        $failed.FullyQualifiedErrorId | Select-Object -Unique | Should -Be 'NotEvidence,Get-QueueFailure'
        $failed[1].TargetObject | Should -Be 42
        { $given | Get-QueueFailure -ErrorAction Stop } | Should -Throw -ErrorId 'NotEvidence,Get-QueueFailure'
        $Error.Clear()
        [void] ($given | Get-QueueFailure -ErrorAction Ignore)
        $Error | Should -BeNullOrEmpty
        # Other objects of Exchange are no mistake: a folder of them may be piped whole.
        [pscustomobject] @{ Identity = 'EX01\A'; Bindings = '0.0.0.0:25'; RemoteIPRanges = '0.0.0.0' } | Get-QueueFailure -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'gives objects that are flat enough for CSV and JSON, and survive serialization' {
        $found = Get-QueueFailure $queue
        $row = $found | ConvertTo-Csv | ConvertFrom-Csv
        $row.NextStep | Should -BeExactly ($found.NextStep -join '; ')
        $row.PSObject.Properties.Value -match 'System\.|FlatList|ExchangeTls\.' | Should -BeNullOrEmpty
        $json = $found | ConvertTo-Json | ConvertFrom-Json
        $json.NextStep | Should -Be @($found.NextStep)
        $json.PSObject.Properties.Name | Should -Be $found.PSObject.Properties.Name
        foreach ($again in (Copy-ByClixml -Object $found), (Copy-ByRemoting -Object $found), (Copy-ByRemoting -Object (Copy-ByRemoting -Object $found))) {
            $again.PSObject.TypeNames[0] | Should -BeLike '*Deserialized.ExchangeTls.QueueFailure'
            foreach ($name in $found.PSObject.Properties.Name) { $again.$name -join '|' | Should -BeExactly ($found.$name -join '|') -Because $name }
            $again.LastRetryTime.Kind | Should -Be Utc
        }
    }
}
