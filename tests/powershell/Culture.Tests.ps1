# Nothing depends on the language of the session. ./dev runs all tests under
# several (LANG); this runs one comparison under many, whatever the session has.
BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/compare.ps1
    . $PSScriptRoot/zoo.ps1
    Import-TestModule

    function Invoke-Under {
        param([string] $Culture, [scriptblock] $Script)
        $thread = [System.Threading.Thread]::CurrentThread
        $before = $thread.CurrentCulture
        $thread.CurrentCulture = [cultureinfo]::new($Culture)
        try { & $Script } finally { $thread.CurrentCulture = $before }
    }
}

Describe 'Under the culture <_>' -ForEach 'en-US', 'de-DE', 'zh-TW', 'ar-SA', 'tr-TR', 'th-TH' {
    It 'gives the same objects and the same tables' {
        $read = {
            $failures = Get-SendConnectorFailure -Path $Seeds -Recurse
            $sessions = Get-SmtpSession -Path $Seeds -Recurse -Since 2017-10-07 -Until 2017-10-08
            $failures | Out-String -Width 200
            $failures | Format-List | Out-String -Width 500
            $sessions | Select-Object -Property SessionId, TlsProtocol, @{ Name = 'Start'; Expression = { $_.StartTime.Ticks } }, @{ Name = 'Gap'; Expression = { $_.LongestGap.Ticks } } | Out-String
            "$($failures.Certificate)"
        }
        $expected = Invoke-Under -Culture '' -Script $read
        $expected.Count | Should -Be 4
        $expected[0] | Should -Match '2017-10-07 04:42:56Z'
        Invoke-Under -Culture $_ -Script $read | Should -BeExactly $expected
    }

    It 'tests certificates alike' {
        $duplicates, $idn = 'duplicate-keyless', 'idn' | ForEach-Object { (Get-ZooCase -Name $_).Folder }
        $test = {
            $tests = @(Invoke-ZooCase -Folder $duplicates) + @(Invoke-ZooCase -Folder $idn)
            $tests | Out-String -Width 200
            $tests | Format-List | Out-String -Width 1000
            (Copy-ByRemoting -Object $tests).NotAfter.Ticks
            # Yes and no as text, keywords in any case.
            $connector = [pscustomobject] @{ Name = 'A'; RequireTLS = 'TRUE'; DNSRoutingEnabled = 'true'; TlsCertificateName = '' }
            (Get-ZooCertificate -Folder $duplicates | Test-ExchangeTlsCert -Root @() -Intermediate @() -At 2026-06-01T00:00:00Z -SendConnector $connector -TlsCertificateName '<i>CN=ZOO ISSUING CA, O=ZOO, C=US<s>CN=MAIL.CONTOSO.COM, O=CONTOSO, C=US').Selected
        }
        $expected = Invoke-Under -Culture '' -Script $test
        $expected.Count | Should -BeGreaterThan 6
        $expected[0] | Should -Match '2030-01-01'
        $expected[-2] | Should -BeTrue
        Invoke-Under -Culture $_ -Script $test | Should -BeExactly $expected
    }

    It 'judges queues, connectors and diagnoses alike' {
        $collected = [System.IO.Path]::Combine($Data, 'scenarios', 'kb-4051498', 'collected')
        $receive = [System.IO.Path]::Combine($Data, 'scenarios', 'kb-979175', 'collected', 'receive-connectors.xml')
        $judge = {
            # Keywords in any case, a time and a number.
            $queue = [pscustomobject] @{ IDENTITY = 'EX01\3'; LASTERROR = '421 4.4.2 CONNECTION DROPPED DUE TO SOCKETERROR'; MESSAGECOUNT = 1234567; LASTRETRYTIME = [datetime]::new(2024, 1, 2, 3, 4, 5, [System.DateTimeKind]::Utc) }
            $connectors = Import-Clixml -LiteralPath $receive
            $connectors | ForEach-Object { $_.AuthMechanism = 'TLS, INTEGRATED' }
            $all = @(Get-QueueFailure $queue) + @($connectors | Test-ReceiveConnectorAuth) + @(Get-ExchangeTlsDiagnosis -Path $collected -At 2026-03-10T09:00:00Z)
            $all.Count
            "$($all[0].Cause) $($all[0].MessageCount) $($all[0].LastRetryTime.Ticks) $($all[1].Result)"
            $all | ForEach-Object { $_ | Format-Table | Out-String -Width 200 }
            $all | ForEach-Object { $_ | Format-List | Out-String -Width 1000 }
            $all | ForEach-Object { (Copy-ByRemoting -Object $_) | Format-List | Out-String -Width 1000 }
            "$($all[-1].Evidence)"
        }
        $expected = Invoke-Under -Culture '' -Script $judge
        $expected[0] | Should -BeGreaterThan 3
        $expected[1] | Should -BeExactly 'ConnectionLost 1234567 638397614450000000 Fail'
        -join $expected | Should -Match '2024-01-02 03:04:05Z'
        Invoke-Under -Culture $_ -Script $judge | Should -BeExactly $expected
    }

    It 'finds causes and log types in any case' {
        # In Turkish, i is not the lower case of I.
        $found = Invoke-Under -Culture $_ -Script {
            Get-SendConnectorFailure -Path $Seeds -Recurse -Cause OWNCERTIFICATENOTENABLED, owncertificatenokey -Connector 'OUTBOUND*office*'
            Get-SmtpSession -Path $Seeds -Recurse -LogType SEND | Select-Object -First 1
        }
        $found | Should -HaveCount 6
    }
}
