# From what is typed or piped to the files that are read, and the errors on the way.
# The log cmdlets share this; one of them stands for all.
BeforeAll {
    . $PSScriptRoot/common.ps1
    Import-TestModule
    $file = [System.IO.Path]::Combine($Seeds, 'kb4051498', 'SEND20171007-1.LOG')
}

Describe 'Paths' {
    BeforeAll {
        $folder = Join-Path -Path $TestDrive -ChildPath 'logs'
        $nested = Join-Path -Path $folder -ChildPath 'EX01'
        [void] (New-Item -ItemType Directory -Path $nested)
        Copy-Item -LiteralPath $file -Destination (Join-Path -Path $folder -ChildPath 'SEND20171007-1.LOG')
        Copy-Item -LiteralPath $file -Destination (Join-Path -Path $nested -ChildPath 'SEND20171007-1.LOG')
        $brackets = Join-Path -Path $TestDrive -ChildPath 'a[1]'
        [void] [System.IO.Directory]::CreateDirectory($brackets)
        [System.IO.File]::Copy($file, (Join-Path -Path $brackets -ChildPath 'SEND20171007-1.LOG'))
    }
    AfterEach { Set-Location -LiteralPath $Root }

    It 'takes a file, a folder, and folders below with -Recurse' {
        Get-SendConnectorFailure -Path $file | Should -HaveCount 1
        Get-SendConnectorFailure $folder | Should -HaveCount 1
        Get-SendConnectorFailure $folder -Recurse | Should -HaveCount 2
        Get-SendConnectorFailure $folder, $nested | Should -HaveCount 2
    }

    It 'reads nothing twice' {
        Get-SendConnectorFailure -Path $folder, $folder, (Join-Path -Path $folder -ChildPath 'SEND*') | Should -HaveCount 1
    }

    It 'resolves against the location of PowerShell, not of the process' {
        Set-Location -LiteralPath $folder
        [Environment]::CurrentDirectory | Should -Not -Be $folder
        Get-SendConnectorFailure -Path SEND20171007-1.LOG | Should -HaveCount 1
        Get-SendConnectorFailure -Path .\EX01 | Should -HaveCount 1
        Get-SendConnectorFailure -LiteralPath EX01 | Should -HaveCount 1
        (Get-SendConnectorFailure -Path .).Path | Should -BeExactly (Join-Path -Path $folder -ChildPath 'SEND20171007-1.LOG')
    }

    It 'resolves drives of PowerShell, the home folder and provider paths' {
        [void] (New-PSDrive -Name Logs -PSProvider FileSystem -Root $folder -Scope Global)
        try {
            Get-SendConnectorFailure -Path Logs: | Should -HaveCount 1
            Get-SendConnectorFailure -Path Logs:\EX01 | Should -HaveCount 1
            Get-SendConnectorFailure -LiteralPath Logs:\SEND20171007-1.LOG | Should -HaveCount 1
            # Relative to where the drive stands, whatever the current one is.
            Set-Location -Path Logs:\EX01
            Set-Location -LiteralPath $Root
            Get-SendConnectorFailure -Path Logs:SEND* | Should -HaveCount 1
            (Get-SendConnectorFailure -LiteralPath Logs:SEND20171007-1.LOG).Path | Should -BeLike '*EX01*'
        }
        finally { Remove-PSDrive -Name Logs }
        Get-SendConnectorFailure -Path "Microsoft.PowerShell.Core\FileSystem::$folder" | Should -HaveCount 1
    }

    It 'resolves ~ as the home folder' -Skip:([Environment]::OSVersion.Platform -eq 'Win32NT') {
        $script = 'Import-Module $ModulePath; (Get-SendConnectorFailure ~).Cause; (Get-SendConnectorFailure ~/EX01/*.LOG).Cause'
        Invoke-Child -Script $script -Environment @{ HOME = $folder } | Should -BeExactly "OwnCertificateNotEnabled`nOwnCertificateNotEnabled"
    }

    It 'resolves a drive that only the calling script has' {
        [void] (New-PSDrive -Name Mine -PSProvider FileSystem -Root $folder)
        Get-SendConnectorFailure -Path Mine:\EX01 | Should -HaveCount 1
    }

    It 'takes a share for what it is, wherever the caller stands' {
        Set-Location -Path Env:
        Get-SendConnectorFailure -Path '\\nowhere\none' -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed.FullyQualifiedErrorId | Should -BeExactly 'PathNotFound,Get-SendConnectorFailure'
        $failed.TargetObject | Should -BeExactly '\\nowhere\none'
        if ([Environment]::OSVersion.Platform -eq 'Win32NT') {
            $share = '\\localhost\' + $folder.Replace(':', '$')
            Get-SendConnectorFailure -Path $share, "$share\EX01\SEND*" | Should -HaveCount 2
            Get-SendConnectorFailure -LiteralPath "$share\EX01" | Should -HaveCount 1
        }
        else {
            # PowerShell finds it in the file system, under a name that only it understands here.
            Get-SendConnectorFailure -Path ('\' + $folder.Replace('/', '\')) -ErrorAction SilentlyContinue -ErrorVariable failed
            $failed.FullyQualifiedErrorId | Should -BeExactly 'NotFound,Get-SendConnectorFailure'
        }
    }

    It 'hands the prefix for long paths on' {
        foreach ($name in '-Path', '-LiteralPath') {
            $arguments = @{ $name.Substring(1) = '\\?\C:\nowhere\logs' }
            Get-SendConnectorFailure @arguments -ErrorAction SilentlyContinue -ErrorVariable failed
            $failed.FullyQualifiedErrorId | Should -BeExactly 'NotFound,Get-SendConnectorFailure'
            $failed.TargetObject | Should -BeExactly '\\?\C:\nowhere\logs'
        }
    }

    It 'takes wildcards in -Path, and none in -LiteralPath' {
        Get-SendConnectorFailure -Path (Join-Path -Path $TestDrive -ChildPath 'lo*/*/s?nd*.log') | Should -HaveCount 1
        Get-SendConnectorFailure -LiteralPath $brackets | Should -HaveCount 1
        Get-SendConnectorFailure -Path $brackets -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        Get-SendConnectorFailure -Path ([WildcardPattern]::Escape($brackets)) | Should -HaveCount 1
    }

    It 'takes from the pipeline: text, files, folders, failures, objects with FullName' {
        $file, $folder | Get-SendConnectorFailure | Should -HaveCount 2
        Get-Item -LiteralPath $file | Get-SendConnectorFailure | Should -HaveCount 1
        Get-ChildItem -LiteralPath $folder -Recurse -File | Get-SendConnectorFailure | Should -HaveCount 2
        Get-Item -LiteralPath $brackets | Get-SendConnectorFailure | Should -HaveCount 1
        Get-ChildItem -LiteralPath $brackets | Get-SendConnectorFailure | Should -HaveCount 1
        [pscustomobject] @{ FullName = $brackets } | Get-SendConnectorFailure | Should -HaveCount 1
        [pscustomobject] @{ PSPath = "Microsoft.PowerShell.Core\FileSystem::$file" } | Get-SendConnectorFailure | Should -HaveCount 1
        Get-SendConnectorFailure -LiteralPath $brackets | Get-SmtpSession | Should -HaveCount 3
    }

    It 'puts a session together across the files of one call' {
        $split = Get-ChildItem -LiteralPath (Get-CaseInput -Name 'odd-session-across-files') -File
        $split.Count | Should -BeGreaterThan 1
        $whole = @($split | Get-SendConnectorFailure)
        $whole.Complete | Select-Object -Unique | Should -BeTrue
    }

    It 'gives nothing for an empty pipeline, rather than the logs of this server' {
        @() | Get-SendConnectorFailure | Should -BeNullOrEmpty
    }
}

Describe 'Errors' {
    It 'has the id <Id> for <Path>' -ForEach @(
        @{ Path = 'nowhere'; Id = 'PathNotFound'; Category = 'ObjectNotFound' }
        @{ Path = 'nowhere*.log'; Id = 'PathNotFound'; Category = 'ObjectNotFound' }
        @{ Path = 'NoSuchDrive:\logs'; Id = 'PathNotFound'; Category = 'ObjectNotFound' }
        @{ Path = 'Env:PATH'; Id = 'NotFileSystemPath'; Category = 'InvalidArgument' }
        @{ Path = 'NoSuchProvider::logs'; Id = 'InvalidPath'; Category = 'InvalidArgument' }
        @{ Path = 'Variable:'; Id = 'NotFileSystemPath'; Category = 'InvalidArgument' }
    ) {
        foreach ($command in $LogCommands) {
            & $command -Path $Path -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
            # What PowerShell throws for a provider that is none stands before it.
            if ($Id -ne 'InvalidPath') { $failed | Should -HaveCount 1 }
            $failed[-1].FullyQualifiedErrorId | Should -BeExactly "$Id,$command"
            $failed[-1].CategoryInfo.Category | Should -Be $Category
            $failed[-1].TargetObject | Should -BeExactly $Path
            $failed[-1].Exception.Message | Should -Match ([regex]::Escape(($Path -split ':')[0]))
        }
    }

    It 'has an id for a literal path that is not there' {
        Get-SendConnectorFailure -LiteralPath 'no[where]' -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed.FullyQualifiedErrorId | Should -BeExactly 'PathNotFound,Get-SendConnectorFailure'
        $failed.TargetObject | Should -BeExactly 'no[where]'
    }

    It 'says of a folder without logs that it has none' {
        Get-SendConnectorFailure -Path $Root -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed.FullyQualifiedErrorId | Should -BeExactly 'NotFound,Get-SendConnectorFailure'
        $failed.Exception.Message | Should -BeLike '*-Recurse*'
    }

    It 'refuses another kind of log in words' {
        $folder = Get-CaseInput -Name 'lookalike-connectivity'
        Get-SendConnectorFailure -Path $folder -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed.FullyQualifiedErrorId | Should -BeExactly 'NotAProtocolLog,Get-SendConnectorFailure'
        $failed.CategoryInfo.Category | Should -Be 'InvalidData'
        $failed.TargetObject | Should -BeLike '*CONNECTLOG20240105-1.LOG'
        $failed.Exception.Message | Should -BeLike '*CONNECTLOG20240105-1.LOG:3: *'
    }

    It 'tells of a file that cannot be read' -Skip:([Environment]::OSVersion.Platform -eq 'Win32NT') {
        # A file in /proc that opens and then fails to be read, for root too.
        Get-SendConnectorFailure -Path '/proc/self/mem' -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed.FullyQualifiedErrorId | Should -BeExactly 'Unreadable,Get-SendConnectorFailure'
        $failed.CategoryInfo.Category | Should -Be 'ReadError'
    }

    It 'is not terminating: the rest is read' {
        $found = @('nowhere', $file, 'Env:PATH' | Get-SendConnectorFailure -ErrorAction SilentlyContinue -ErrorVariable failed)
        $found | Should -HaveCount 1
        $failed | Should -HaveCount 2
    }

    It 'is terminating with -ErrorAction Stop' {
        { Get-SendConnectorFailure -Path nowhere, $file -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,Get-SendConnectorFailure'
    }

    It 'warns of a record that cannot be read, with file and line' {
        $found = @(Get-SendConnectorFailure -Path (Get-CaseInput -Name 'odd-bad-time') -WarningAction SilentlyContinue -WarningVariable warned -ErrorVariable failed)
        $found.Count | Should -BeGreaterThan 0
        $failed | Should -BeNullOrEmpty
        $warned | Should -HaveCount 2
        $warned[0].Message | Should -BeLike '*SEND20240105-1.LOG:9: *expected a time*'
    }
}
