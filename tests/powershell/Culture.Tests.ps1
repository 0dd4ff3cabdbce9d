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

    It 'finds causes and log types in any case' {
        # In Turkish, i is not the lower case of I.
        $found = Invoke-Under -Culture $_ -Script {
            Get-SendConnectorFailure -Path $Seeds -Recurse -Cause OWNCERTIFICATENOTENABLED, owncertificatenokey -Connector 'OUTBOUND*office*'
            Get-SmtpSession -Path $Seeds -Recurse -LogType SEND | Select-Object -First 1
        }
        $found | Should -HaveCount 6
    }
}
