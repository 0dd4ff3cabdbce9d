# What strangers chose, beside what the library gives: file names, arguments, and
# logs whose every name is made to run when a remedy is pasted.
BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/compare.ps1
    # Those with remedies; what is read does not depend on the culture, so one is enough.
    $logCases = @(Get-LogCase | Where-Object { (Get-Culture).Name -eq 'en-US' -and $_.Name -notmatch '^(filter|healthy|lookalike|odd)-' })
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/remedy.ps1
    Import-TestModule
    $unsafe = '[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]'
    $escape = [string] [char] 27
    $hostile = "a${escape}[31m$([char] 7)$([char] 0x9B)2J$([char] 0x202E)b$([char] 0x200B)c"
    $onWindows = [Environment]::OSVersion.Platform -eq 'Win32NT'

    function Get-Shown {
        # Everything a console would show of a script, as one text.
        param([Parameter(Mandatory)] [scriptblock] $Script)
        $VerbosePreference = $ErrorActionPreference = 'Continue'
        $all = & $Script *>&1
        # How an error is shown holds colours of PowerShell's own; its message is ours.
        -join @($all | ForEach-Object { if ($_ -is [System.Management.Automation.ErrorRecord]) { "$($_.Exception.Message)`n" } else { $_ | Out-String -Width 500 } })
    }
}

Describe 'Errors and warnings' {
    It 'show arguments escaped: <_>' -ForEach @(
        'Get-SendConnectorFailure -Path $hostile'
        'Get-SendConnectorFailure -LiteralPath $hostile'
        'Get-SmtpSession -Path "$hostile*"'
        'Get-SmtpSession -Path "${hostile}:\logs"'
        'Get-SmtpSession -Path . -Cause $hostile'
        'Get-SmtpSession -Path $Seeds -Recurse -Connector "$escape[z-a"'
        'Test-ExchangeTlsCert -Path $hostile -Root @()'
        'Test-ExchangeTlsCert -Thumbprint $hostile -Root @()'
        'Test-ExchangeTlsCert -Store "Cert:\LocalMachine\$hostile" -Root @()'
        '$hostile | Test-ExchangeTlsCert -Root @()'
        '[pscustomobject] @{ Thumbprint = $hostile } | Test-ExchangeTlsCert -Root @()'
    ) {
        $shown = Get-Shown -Script ([scriptblock]::Create("try { $_ } catch { `$_ }"))
        $shown | Should -Not -BeNullOrEmpty
        $shown | Should -Not -Match $unsafe
    }

    It 'show file names escaped' -Skip:([Environment]::OSVersion.Platform -eq 'Win32NT') {
        $folder = Join-Path -Path $TestDrive -ChildPath 'names'
        [void] [System.IO.Directory]::CreateDirectory($folder)
        foreach ($name in 'no', 'other') { [System.IO.File]::WriteAllText("$folder/$name$hostile.LOG", "#Log-type: $hostile`r`n") }
        [System.IO.File]::Copy("$(Get-CaseInput -Name 'odd-bad-time')/SEND20240105-1.LOG", "$folder/bad$hostile.LOG")
        foreach ($script in { Get-SendConnectorFailure -Path $folder }, { Get-ChildItem -LiteralPath $folder | Get-SmtpSession }, { Get-ChildItem -LiteralPath $folder | ForEach-Object { Test-ExchangeTlsCert -LiteralPath $_.FullName -Root @() } }) {
            $shown = Get-Shown -Script $script
            $shown | Should -Match 'u001B'
            $shown | Should -Not -Match $unsafe
        }
    }
}

Describe 'A disk that gives no answer' -Skip:(-not (Test-Path -LiteralPath /proc/self) -or -not (Get-Command -Name cc -CommandType Application -ErrorAction Ignore)) {
    BeforeAll {
        # Folders with a dead one beside what is alive, as PowerShell meets it and as the library does.
        $disk = Join-Path -Path $TestDrive -ChildPath 'disk'
        foreach ($name in 'logs', 'collected', 'certs') { [void] [System.IO.Directory]::CreateDirectory("$disk/$name/xdeadx") }
        Copy-Item -Path $Seeds -Destination "$disk/logs/alive" -Recurse
        Copy-Item -Path "$Data/scenarios/kb-4051498/collected/*" -Destination "$disk/collected" -Recurse
        foreach ($name in 'own', 'xdeadx') { Copy-Item -LiteralPath "$Data/zoo/good/tested.pem" -Destination "$disk/certs/$name.pem" }
        & cc -shared -fPIC "$Root/tests/c/stall.c" -o "$TestDrive/stall.so" -ldl
        $stalled = @{ LD_PRELOAD = "$TestDrive/stall.so"; EXTLS_TEST_STALL = '/xdeadx' }
        $setUp = "`$disk = '$disk'; `$log = @{ Recurse = `$true }; `$cert = @{ Root = '$Data/zoo/good/roots.pem'; Intermediate = '$Data/zoo/good/intermediates.pem'; At = '2026-01-01' }; " +
        "`$all = @{ At = '2026-03-10T09:00:00Z' }; function global:Get-TransportService { [pscustomobject] @{ Name = 'EX01'; SendProtocolLogPath = '$disk/logs/xdeadx' } }; "
    }

    It 'is given up, and the rest is read: <Script>' -ForEach @(
        @{ Found = 7; Script = 'Get-SendConnectorFailure -Path $disk/logs/xdeadx, $Seeds @log' }
        @{ Found = 7; Script = 'Get-SendConnectorFailure -Path $disk/logs/alive, $disk/logs/xdeadx @log' }
        @{ Found = 7; Script = 'Get-SendConnectorFailure -Path $disk/logs @log' }
        @{ Found = 1; Script = 'Test-ExchangeTlsCert -Path $disk/certs/xdeadx, $disk/certs/own.pem @cert' }
        @{ Found = 1; Script = '"$disk/certs/xdeadx.pem", "$disk/certs/own.pem" | Test-ExchangeTlsCert @cert' }
        @{ Found = 1; Script = 'Test-ExchangeTlsCert -Path $disk/certs, "$Seeds/../zoo/good/tested.pem" @cert' }
        @{ Found = 0; Script = 'Test-ExchangeTlsCert -Path $disk/certs @cert' }
        @{ Found = 1; Script = 'Test-ExchangeTlsCert -Path $disk/certs/own.pem -Crl $disk/certs/xdeadx @cert' }
        @{ Found = 1; Script = 'Get-ExchangeTlsDiagnosis -Path $disk/collected/xdeadx, $disk/collected/EX01* @all' }
        @{ Found = 1; Script = 'Get-ExchangeTlsDiagnosis -Path $disk/collected @all' }
        @{ Found = 1; Script = 'Get-ExchangeTlsDiagnosis -Path $disk/collected/EX01 -Intermediate $disk/certs @all' }
        @{ Found = 1; Script = 'Get-ExchangeTlsDiagnosis -Path $disk/collected/EX01 -LogPath $disk/logs/xdeadx @all' }
        @{ Found = 0; Script = 'Get-ExchangeTlsDiagnosis @all' }
    ) {
        $Script -match '\b\w+-\w*(Failure|Cert|Diagnosis)\b' | Should -BeTrue
        $command = $Matches[0]
        $given = 'Import-Module $ModulePath; ' + $setUp + "`$found = @($Script -TimeoutSeconds 1 -WarningAction SilentlyContinue -ErrorAction SilentlyContinue -ErrorVariable failed); `"`$(`$found.Count) `$(`$failed.FullyQualifiedErrorId)`""
        Invoke-Child -Script $given -Environment $stalled | Should -BeExactly "$Found TimedOut,$command"
    }

    It 'is given up where a file on it can be opened and not be read to its end' {
        $share = Join-Path -Path $TestDrive -ChildPath 'share'
        [void] [System.IO.Directory]::CreateDirectory($share)
        $log = @(Get-ChildItem -Path "$Seeds/nocredentials-duplicate/*.LOG")[0].FullName
        foreach ($number in 1, 2) { [System.IO.File]::Copy($log, "$share/SEND20171007-$number.LOG") }
        [System.IO.File]::WriteAllText("$TestDrive/mounts", "22 1 0:20 / / rw - ext4 /dev/sda1 rw`n30 22 0:30 / $share rw - cifs //server/logs rw`n")
        $script = 'Import-Module $ModulePath; $found = @(Get-SendConnectorFailure -Path ''{0}'', $Seeds -Recurse -TimeoutSeconds 1 -ErrorAction SilentlyContinue -ErrorVariable failed); "$($found.Count) $($failed.FullyQualifiedErrorId) $($failed[0].TargetObject)"' -f $share
        foreach ($after in 0, 900) {
            $half = @{ LD_PRELOAD = "$TestDrive/stall.so"; EXTLS_TEST_MOUNTS = "$TestDrive/mounts"; EXTLS_TEST_STALL_READ = "$share/SEND20171007-2"; EXTLS_TEST_STALL_AFTER = $after }
            Invoke-Child -Script $script -Environment $half | Should -BeLike '* TimedOut,Get-SendConnectorFailure *SEND20171007-2.LOG*'
        }
    }

    It 'does not keep Ctrl+C waiting: <_>' -ForEach @(
        'Get-SmtpSession -Path $disk/logs/xdeadx'
        'Get-SmtpSession -Path $disk/logs -Recurse'
        'Test-ExchangeTlsCert -Path $disk/certs/xdeadx'
        'Test-ExchangeTlsCert -Path $disk/certs'
        'Get-ExchangeTlsDiagnosis -Path $disk/collected/xdeadx'
        'Get-ExchangeTlsDiagnosis -Path $disk/collected'
        'Get-ExchangeTlsDiagnosis -Path $disk/collected/EX01 -Root $disk/certs'
        'Get-ExchangeTlsDiagnosis'
    ) {
        $script = '$shell = [powershell]::Create(); [void] $shell.AddScript("Import-Module ''$ModulePath''; `$true; " + {0}); $out = [System.Management.Automation.PSDataCollection[psobject]]::new(); $run = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $out); while ($out.Count -eq 0) {{ Start-Sleep -Milliseconds 20 }}; Start-Sleep -Milliseconds 500; $watch = [System.Diagnostics.Stopwatch]::StartNew(); $shell.Stop(); "$($shell.InvocationStateInfo.State) $($watch.ElapsedMilliseconds -lt 10000)"' -f "'$(($setUp + $_).Replace("'", "''")) -TimeoutSeconds 0'"
        Invoke-Child -Script $script -Environment $stalled | Should -BeExactly 'Stopped True'
    }
}

# Without cases Pester would complain.
if ($logCases) {
    Describe 'Remedies of hostile logs' {
        It 'of <Name>, each of its names made hostile, hold nothing but known commands' -ForEach $logCases {
            # As a log holds it: a field with quotes doubled, in quotes.
            $text = "x'; calc; '$([char] 0x2018); calc; $([char] 0x2019)$([char] 0x201A); calc; $([char] 0x201B)`$(calc)``n`"`" | calc #"
            $folder = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
            [void] [System.IO.Directory]::CreateDirectory($folder)
            $number = 0
            foreach ($file in Get-ChildItem -LiteralPath $Folder -File -Recurse) {
                $lines = foreach ($line in [System.IO.File]::ReadAllLines($file.FullName)) {
                    $fields = $line.Split(',')
                    if ($line.StartsWith('#') -or $fields.Count -lt 9 -or $line.Contains('"')) { $line; continue }
                    $fields[1] = """$text"""
                    foreach ($at in 7, 8) { $fields[$at] = $fields[$at] -replace '^(.*?)(CN=|Destination domain: |User Name: |domain |\b[\w-]+\.[\w.-]+\b)(.*)$', "`"`$1`$2$($text.Replace('$', '$$'))`$3`"" }
                    $fields -join ','
                }
                $number++
                [System.IO.File]::WriteAllLines("$folder/$number$($file.Name)", [string[]] $lines)
            }
            $quiet = @{ ErrorAction = 'SilentlyContinue'; WarningAction = 'SilentlyContinue'; IncludeRejection = $true }
            $failures = @(Get-SendConnectorFailure -LiteralPath $folder @quiet) + @(Get-ReceiveConnectorFailure -LiteralPath $folder @quiet)
            @(foreach ($failure in $failures) { foreach ($line in $failure.Remedy) { Find-Danger -Line $line } }) | Should -BeNullOrEmpty
            Remove-Item -LiteralPath $folder -Recurse
        }
    }
}
