# Uses the module without end, in eight runspaces at once and by importing and
# removing it, and tells whether memory and handles stay flat.
#   pwsh -NoProfile -File tests/powershell/soak.ps1 [-Minutes 60]
# The last line is `flat` or says what grew; the exit status is 1 then.
param([double] $Minutes = 60, [string] $Module, [int] $Runspaces = 8)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$root = [System.IO.Path]::GetFullPath((Join-Path -Path $PSScriptRoot -ChildPath '../..'))
if (-not $Module) { $Module = [System.IO.Path]::Combine($root, 'powershell', 'ExchangeTls') }
$data = [System.IO.Path]::Combine($root, 'tests', 'data')

function Get-Usage {
    # What this process holds, after everything was collected that can be.
    for ($i = 0; $i -lt 3; $i++) { [GC]::Collect(); [GC]::WaitForPendingFinalizers() }
    $process = Get-Process -Id $PID
    $handles = if (Test-Path -LiteralPath /proc/self/fd) { @(Get-ChildItem -LiteralPath /proc/self/fd -ErrorAction SilentlyContinue).Count } else { $process.HandleCount }
    [pscustomobject] @{ Managed = [GC]::GetTotalMemory($true) / 1MB; Resident = $process.WorkingSet64 / 1MB; Handles = $handles; Threads = $process.Threads.Count }
}

$work = {
    param($Module, $Data)
    $ErrorActionPreference = 'Stop'
    Import-Module -Name $Module
    $failures = @(Get-SendConnectorFailure -Path "$Data/seeds" -Recurse).Count
    $first = @(Get-SmtpSession -Path "$Data/logs/healthy-send-tls-new/input" | Select-Object -First 1).Count
    $tests = @(Test-ExchangeTlsCert -Path "$Data/zoo/good/tested.pem" -Root "$Data/zoo/good/roots.pem" -Intermediate "$Data/zoo/good/intermediates.pem" -At 2026-06-01).Count
    Get-SendConnectorFailure -Path "$Data/nowhere" -ErrorAction SilentlyContinue
    Remove-Module -Name ExchangeTls
    "$failures $first $tests"
}

# Not a pool: its runspaces share a list of formats, and PowerShell fails where two of
# them import any module with formats at once ("Collection was modified").
$spaces = @(for ($i = 0; $i -lt $Runspaces; $i++) { $space = [runspacefactory]::CreateRunspace(); $space.Open(); $space })
$watch = [System.Diagnostics.Stopwatch]::StartNew()
$rounds = 0
$expected = $null
$start = $null
$showAt = 0
do {
    $shells = @(for ($i = 0; $i -lt $Runspaces; $i++) {
            $shell = [powershell]::Create()
            $shell.Runspace = $spaces[$i]
            [void] $shell.AddScript($work.ToString()).AddArgument($Module).AddArgument($data)
            @{ Shell = $shell; Run = $shell.BeginInvoke() }
        })
    foreach ($one in $shells) {
        $result = "$($one.Shell.EndInvoke($one.Run))"
        $one.Shell.Dispose()
        if ($null -eq $expected) { $expected = $result }
        if ($result -ne $expected) { "one runspace found $result, another one $expected"; exit 1 }
    }
    $rounds++
    # What is made once (code compiled, pools filled) is made in the first fifth.
    if (-not $start -and $watch.Elapsed.TotalMinutes -ge $Minutes / 5) { $start = Get-Usage }
    if ($watch.Elapsed.TotalMinutes -ge $showAt) {
        $showAt += [Math]::Max(1, $Minutes / 10)
        $now = Get-Usage
        '{0,6:N1} min {1,6} rounds  managed {2,6:N1} MiB  resident {3,6:N0} MiB  handles {4,4}  threads {5,3}' -f $watch.Elapsed.TotalMinutes, $rounds, $now.Managed, $now.Resident, $now.Handles, $now.Threads
    }
} while ($watch.Elapsed.TotalMinutes -lt $Minutes)
$end = Get-Usage
foreach ($space in $spaces) { $space.Dispose() }
'{0,6:N1} min {1,6} rounds  managed {2,6:N1} MiB  resident {3,6:N0} MiB  handles {4,4}  threads {5,3}' -f $watch.Elapsed.TotalMinutes, $rounds, $end.Managed, $end.Resident, $end.Handles, $end.Threads
$grew = @(
    if ($end.Managed -gt $start.Managed + 24) { "managed memory from $($start.Managed) to $($end.Managed) MiB" }
    if ($end.Resident -gt $start.Resident * 1.3 + 64) { "resident memory from $($start.Resident) to $($end.Resident) MiB" }
    if ($end.Handles -gt $start.Handles + 12) { "handles from $($start.Handles) to $($end.Handles)" }
)
if ($grew) { "grew: $($grew -join ', ')"; exit 1 }
"flat: $rounds rounds of $Runspaces runspaces, each: $expected found"
