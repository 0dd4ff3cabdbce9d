# Long work: progress, Ctrl+C, Select-Object -First; and the file is closed afterwards.
BeforeAll {
    . $PSScriptRoot/common.ps1
    Import-TestModule
    # Healthy sessions: nothing comes out, all the time is spent in the library. Most of a second of it,
    # and so much more that nothing has come to its end before it is stopped.
    $some = New-LogFolder -Folder (Join-Path -Path $TestDrive -ChildPath 'some') -Sessions 4000 -Files 100
    $long = New-LogFolder -Folder (Join-Path -Path $TestDrive -ChildPath 'long') -Sessions 4000 -Files 1500

    function Start-Command {
        # In a runspace of its own, as a console runs it: something else can then stop it.
        param([string] $Script, [string] $Folder = $long, [int] $ShowProgressAfter = 1000)
        $state = [hashtable]::Synchronized(@{ IsRunning = $false })
        $shell = [powershell]::Create()
        [void] $shell.AddScript('param($Module, $Folder, $State) Import-Module $Module; ' +
            "& (Get-Module -Name ExchangeTls).NestedModules[0] { `$script:ShowProgressAfter = $ShowProgressAfter }; " + '$State.IsRunning = $true; ' + $Script)
        [void] $shell.AddParameter('Module', $ModulePath).AddParameter('Folder', $Folder).AddParameter('State', $state)
        $run = $shell.BeginInvoke()
        while (-not $state.IsRunning -and -not $run.IsCompleted) { Start-Sleep -Milliseconds 10 }
        @{ Shell = $shell; Run = $run; State = $state }
    }

    function Get-OpenLog {
        # Log files that this process holds open; only Linux tells.
        if (Test-Path -LiteralPath /proc/self/fd) {
            Get-ChildItem -LiteralPath /proc/self/fd -ErrorAction SilentlyContinue | Where-Object { "$($_.Target)" -like "$long*" }
        }
    }
}

Describe 'Long work' {
    It 'stops at once at Ctrl+C, and closes the file' {
        foreach ($script in 'Get-SendConnectorFailure $Folder', 'Get-SmtpSession $Folder', '$all = Get-SmtpSession $Folder', 'Get-ExchangeTlsDiagnosis -LogPath $Folder', '$all = Get-ExchangeTlsDiagnosis $Folder') {
            $command = Start-Command -Script $script
            Start-Sleep -Milliseconds 100
            $command.Run.IsCompleted | Should -BeFalse -Because "$script is to be stopped in the middle"
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            $command.Shell.Stop()
            # A quarter of a second is promised, and measured by a benchmark; the machine of a test may be busy.
            $watch.ElapsedMilliseconds | Should -BeLessThan 5000
            $command.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
            $command.Shell.Dispose()
            Get-OpenLog | Should -BeNullOrEmpty
        }
    }

    It 'leaves nothing open where Ctrl+C comes while the reader is made' {
        # What a command has made and not handed over yet is lost when it is stopped.
        $slow = 'function New-Object { param($TypeName, $ArgumentList, $Property) $made = Microsoft.PowerShell.Utility\New-Object @PSBoundParameters; if ($TypeName -eq "ExchangeTls.ScanReader") { $State.IsMade = $true; Start-Sleep -Seconds 60 }; , $made }; '
        foreach ($script in 'Get-SendConnectorFailure $Folder', 'Get-ExchangeTlsDiagnosis -LogPath $Folder') {
            $command = Start-Command -Script ($slow + $script)
            while (-not $command.State['IsMade'] -and -not $command.Run.IsCompleted) { Start-Sleep -Milliseconds 10 }
            $command.State['IsMade'] | Should -BeTrue -Because "$script makes a reader"
            $command.Shell.Stop()
            $command.Shell.Dispose()
            Get-OpenLog | Should -BeNullOrEmpty
        }
    }

    It 'stops at once behind Select-Object -First, and closes the file' {
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        @(Get-SmtpSession -Path $long | Select-Object -First 1) | Should -HaveCount 1
        @(Get-SmtpSession -Path $long | Select-Object -First 100) | Should -HaveCount 100
        $watch.ElapsedMilliseconds | Should -BeLessThan 5000
        Get-OpenLog | Should -BeNullOrEmpty
    }

    It 'closes the file where the pipeline fails' {
        { Get-SmtpSession -Path $long | ForEach-Object { throw 'enough' } } | Should -Throw 'enough'
        Get-OpenLog | Should -BeNullOrEmpty
    }

    It 'shows progress on long work, and takes it away at the end' {
        $command = Start-Command -Script 'Get-SendConnectorFailure $Folder' -Folder $some -ShowProgressAfter 0
        [void] $command.Shell.EndInvoke($command.Run)
        $command.Shell.Streams.Error | Should -BeNullOrEmpty
        $records = @($command.Shell.Streams.Progress | Where-Object { $_.ActivityId -eq 4051498 })
        $records.Count | Should -BeGreaterThan 1
        $records[0].Activity | Should -BeExactly 'Reading protocol logs'
        $records[0].StatusDescription | Should -Match '^\d+ of 100 files, [\d.,]+ of [\d.,]+ MB$'
        $records[0].PercentComplete | Should -BeIn (0..99)
        $records[-1].RecordType | Should -Be 'Completed'
        $command.Shell.Dispose()
    }

    It 'takes progress away when it is cut short' {
        $command = Start-Command -Script 'Get-SmtpSession $Folder | Select-Object -First 8000' -ShowProgressAfter 0
        [void] $command.Shell.EndInvoke($command.Run)
        $command.Shell.Streams.Error | Should -BeNullOrEmpty
        $records = @($command.Shell.Streams.Progress | Where-Object { $_.ActivityId -eq 4051498 })
        $records.Count | Should -BeGreaterThan 1
        $records[-1].RecordType | Should -Be 'Completed'
        $command.Shell.Dispose()
    }

    It 'shows no progress where the work is quick, or progress is switched off' {
        $command = Start-Command -Script "Get-SendConnectorFailure '$Seeds' -Recurse; & (Get-Module -Name ExchangeTls).NestedModules[0] { `$script:ShowProgressAfter = 0 }; `$ProgressPreference = 'SilentlyContinue'; Get-SendConnectorFailure `$Folder" -Folder $some
        @($command.Shell.EndInvoke($command.Run)) | Should -HaveCount 7
        @($command.Shell.Streams.Progress | Where-Object { $_.ActivityId -eq 4051498 }) | Should -BeNullOrEmpty
        $command.Shell.Dispose()
    }
}
