# How long the cmdlets take, beside what a shell does without them.
#   pwsh -NoProfile -File cmdlets.ps1 MODULE LOGS
# LOGS has the folders small, large and huge. Every figure is a median of five, with
# the least and the largest.
param(
    [Parameter(Mandatory)] [string] $Module,
    [Parameter(Mandatory)] [string] $Logs
)
$ErrorActionPreference = 'Stop'
$rounds = 5

function Get-Seconds([scriptblock] $Script) {
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $null = & $Script
    $watch.Elapsed.TotalSeconds
}

function Write-Figure([string] $Name, [double[]] $Value, [string] $Unit, [string] $Format = 'N3') {
    $sorted = @($Value | Sort-Object)
    $median, $least, $most = $sorted[[int][Math]::Floor($sorted.Count / 2)], $sorted[0], $sorted[-1]
    '{0,-52} {1,12} {2}, from {3} to {4}' -f $Name, $median.ToString($Format), $Unit, $least.ToString($Format), $most.ToString($Format)
}

# A process each, in turn: the shell alone, and with the module.
$alone, $with = @(), @()
$pwsh = (Get-Process -Id $PID).Path
for ($round = 0; $round -lt $rounds; $round++) {
    $alone += Get-Seconds { & $pwsh -NoProfile -Command 'exit' }
    $with += Get-Seconds { & $pwsh -NoProfile -Command "Import-Module '$Module'; exit" }
}
Write-Figure 'pwsh -NoProfile' $alone 's'
Write-Figure 'pwsh -NoProfile, Import-Module' $with 's'

Import-Module $Module
foreach ($size in 'small', 'large') {
    $folder = Join-Path $Logs $size
    $megabytes = (Get-ChildItem -LiteralPath $folder -Recurse -File | Measure-Object -Property Length -Sum).Sum / 1e6
    $count = @(Get-SendConnectorFailure -Path $folder -Recurse).Count
    $process = Get-Process -Id $PID
    $before = $process.WorkingSet64
    $seconds = for ($round = 0; $round -lt $rounds; $round++) {
        Get-Seconds { Get-SendConnectorFailure -Path $folder -Recurse }
    }
    $process.Refresh()
    Write-Figure "Get-SendConnectorFailure, $([int] $megabytes) MB, $count failures" $seconds 's'
    Write-Figure '  working set that it adds' (($process.WorkingSet64 - $before) / 1MB) 'MiB' 'N1'
    $first = for ($round = 0; $round -lt $rounds; $round++) {
        Get-Seconds { Get-SendConnectorFailure -Path $folder -Recurse | Select-Object -First 1 }
    }
    Write-Figure '  the first failure' $first 's'
}

# What keeps somebody waiting: the first failure of much, the end after Ctrl+C, the bar.
$huge = Join-Path $Logs 'huge'
$ten = 0..19 | ForEach-Object { Join-Path $huge "$_" }
$gigabytes = (Get-ChildItem -LiteralPath $ten -Recurse -File | Measure-Object -Property Length -Sum).Sum / 1e9
$first, $stop = @(), @()
for ($round = 0; $round -lt $rounds; $round++) {
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $first += Get-SendConnectorFailure -Path $ten -Recurse | ForEach-Object { $watch.Elapsed.TotalSeconds } | Select-Object -First 1
    $shell = [powershell]::Create()
    $null = $shell.AddScript("Import-Module '$Module'; Get-SendConnectorFailure -Path '$huge' -Recurse").BeginInvoke()
    Start-Sleep -Milliseconds 1200
    if ($shell.InvocationStateInfo.State -ne 'Running') { throw 'It had ended before it was stopped.' }
    $stop += Get-Seconds { $shell.Stop() }
    $shell.Dispose()
}
Write-Figure "Get-SendConnectorFailure, $([int] $gigabytes) GB: the first failure" $first 's'
Write-Figure '  three times that: from Ctrl+C to the end' $stop 's'
# A bar is shown after a second; what is read in less would tell nothing.
$shown, $silent = @(), @()
for ($round = 0; $round -lt $rounds; $round++) {
    $ProgressPreference = 'Continue'
    $shown += Get-Seconds { Get-SendConnectorFailure -Path $huge -Recurse }
    $ProgressPreference = 'SilentlyContinue'
    $silent += Get-Seconds { Get-SendConnectorFailure -Path $huge -Recurse }
}
Write-Figure '  three times that, with progress' $shown 's'
Write-Figure '  three times that, without' $silent 's'

# The peer writes as many objects of a compiled class, each of 20 fresh strings.
Add-Type -TypeDefinition @"
using System.Globalization;
public sealed class Peer
{
    $(1..20 | ForEach-Object { "public string P$_ { get; set; }" })
    public static Peer[] Page(int from, int count)
    {
        Peer[] page = new Peer[count];
        for (int at = 0; at < count; at++)
        {
            int n = from + at;
            page[at] = new Peer { $((1..20 | ForEach-Object { "P$_ = (n + $_).ToString(CultureInfo.InvariantCulture)" }) -join ', ') };
        }
        return page;
    }
}
"@
$folder = Join-Path $Logs 'large'
$count = @(Get-SmtpSession -Path $folder -Recurse).Count
$sessions, $peers = @(), @()
for ($round = 0; $round -lt $rounds; $round++) {
    $sessions += $count / (Get-Seconds { Get-SmtpSession -Path $folder -Recurse })
    $peers += $count / (Get-Seconds { for ($at = 0; $at -lt $count; $at += 2048) { [Peer]::Page($at, [Math]::Min(2048, $count - $at)) } })
}
Write-Figure "Get-SmtpSession, $count sessions" $sessions 'objects/s' 'N0'
Write-Figure 'objects of 20 fresh strings' $peers 'objects/s' 'N0'

# What a shell can do alone, on the smallest file: put sessions together.
$file = Get-ChildItem -LiteralPath (Join-Path $Logs 'small') -Recurse -File | Sort-Object -Property Length | Select-Object -First 1
$columns = 'date-time', 'connector-id', 'session-id', 'sequence-number', 'local-endpoint', 'remote-endpoint', 'event', 'data', 'context'
$seconds = Get-Seconds { Get-Content -LiteralPath $file.FullName -TotalCount 6000 | Where-Object { $_ -notlike '#*' } | ConvertFrom-Csv -Header $columns | Group-Object -Property session-id }
Write-Figure 'ConvertFrom-Csv, Group-Object, 6,000 lines' $seconds 's'
