# Every case of tests/data/logs, through the cmdlets.
BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/compare.ps1
    $all = Get-LogCase
    $withSessions = @($all | Where-Object { $_.Expected.PSObject.Properties['sessions'] })
}

Describe 'The cases of tests/data/logs' {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        . $PSScriptRoot/compare.ps1
        Import-TestModule
    }

    It '<Name>: failures' -ForEach $all {
        $parameters = ConvertTo-Parameter -Argument (Get-Value $Expected 'args')
        $quiet = @{ ErrorAction = 'SilentlyContinue'; WarningAction = 'SilentlyContinue'; ErrorVariable = '+failed'; WarningVariable = '+warned' }
        $failed = @()
        $warned = @()
        # The program reads both directions at once; a file is refused by one cmdlet only.
        $given = [System.Collections.ArrayList] @(
            Get-SendConnectorFailure -LiteralPath $Folder @parameters @quiet
            Get-ReceiveConnectorFailure -LiteralPath $Folder @parameters @quiet
        )
        $failed = @($failed | Where-Object { $_.FullyQualifiedErrorId -notlike 'OtherDirection,*' } | ForEach-Object { $_.Exception.Message })
        $complaints = [System.Collections.ArrayList] @(@($failed) + @($warned | ForEach-Object { $_.Message }) | Select-Object -Unique)
        $status = if ($given.Count -gt 0) { 1 } elseif ($failed.Count -gt 0) { 2 } else { 0 }

        $status | Should -Be $Expected.status
        @(Compare-Result -What 'failure' -Expected $Expected.failures -Given $given) | Should -BeNullOrEmpty
        @(Compare-Complaint -Expected (Get-Value $Expected 'warnings') -Given $complaints) | Should -BeNullOrEmpty
    }

    It '<Name>: sessions' -ForEach $withSessions {
        $parameters = ConvertTo-Parameter -Argument (Get-Value $Expected 'args')
        $given = [System.Collections.ArrayList] @(Get-SmtpSession -LiteralPath $Folder @parameters -ErrorAction SilentlyContinue -WarningAction SilentlyContinue)
        @(Compare-Result -What 'session' -Expected $Expected.sessions -Given $given) | Should -BeNullOrEmpty
    }

    It 'compares at all: what differs is told' {
        $case = Get-LogCase | Where-Object { $_.Name -eq 'seed-kb4051498' }
        $given = [System.Collections.ArrayList] @(Get-SendConnectorFailure -LiteralPath $case.Folder)
        $case.Expected.failures[0].Certificate.AlternateNames = @('*.domai.com')
        Compare-Result -What 'failure' -Expected $case.Expected.failures -Given $given | Should -HaveCount 2
        Compare-Complaint -Expected @([pscustomobject] @{ file = 'a.log' }) -Given ([System.Collections.ArrayList] @('b.log:1: text')) | Should -HaveCount 2
    }
}
