# Every case of tests/data/zoo, through the cmdlet. tests/zoo.rs does the same for the library.
BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/compare.ps1
    . $PSScriptRoot/zoo.ps1
    $all = Get-ZooCase
}

Describe 'The cases of tests/data/zoo' {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        . $PSScriptRoot/compare.ps1
        . $PSScriptRoot/zoo.ps1
        Import-TestModule

        function Format-Test {
            # Everything but thumbprints, times and the words of messages, of a test or of what is expected of one.
            param($Test)
            $findings = @(foreach ($one in $Test.Findings) { if ($one -is [string]) { $one } else { "$($one.Severity) $($one.Code) | $($one.Element)" } })
            $chain = @(foreach ($one in $Test.Chain) { if ($one -is [string]) { $one } else { $one.Subject } })
            # Nothing and an empty text are not the same.
            $plain = { param($Value) if ($null -eq $Value) { 'null' } else { "'$Value'" } }
            @(
                "Subject=$(& $plain $Test.Subject) Result=$($Test.Result) Selected=$(& $plain $Test.Selected) SelfSigned=$(& $plain $Test.SelfSigned)"
                $findings | ForEach-Object { "  $_" }
                $chain | ForEach-Object { "  > $_" }
            ) -join "`n"
        }
    }

    It '<Name>' -ForEach $all {
        $wanted = ($Expected | ForEach-Object { Format-Test -Test $_ }) -join "`n"
        $given = Invoke-ZooCase -Folder $Folder -ErrorVariable failed
        ($given | ForEach-Object { Format-Test -Test $_ }) -join "`n" | Should -BeExactly $wanted
        $failed | Should -BeNullOrEmpty
        # What came through a remote session, is tested alike, ...
        if ($Name -notlike 'file-*') {
            $remote = Invoke-ZooCase -Folder $Folder -Deserialized
            ($remote | ForEach-Object { Format-Test -Test $_ }) -join "`n" | Should -BeExactly $wanted
        }
        # ... and the results survive one.
        $kept = Copy-ByRemoting -Object @($given)
        ($kept | ForEach-Object { Format-Test -Test $_ }) -join "`n" | Should -BeExactly $wanted
    }

    It 'compares at all: what differs is told' {
        $case = Get-ZooCase -Name 'expired'
        $given = Invoke-ZooCase -Folder $case.Folder
        foreach ($name in 'Result', 'Subject', 'Selected', 'SelfSigned', 'Findings', 'Chain') {
            $other = $given | Select-Object -Property *
            $other.$name = @('other')
            Format-Test -Test $other | Should -Not -BeExactly (Format-Test -Test $given) -Because $name
        }
    }
}
