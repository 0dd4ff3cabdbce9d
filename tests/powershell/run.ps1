# Runs the Pester tests of this folder. The last line counts them; the exit status is 1 on failure.
#   pwsh -NoProfile -File tests/powershell/run.ps1 [-Name Help]
param(
    # Only the files with this in their names.
    [string] $Name,
    [switch] $InProcess
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

if (-not $InProcess) {
    # In a process of its own: a library that was loaded once stays locked and cannot be built anew.
    $again = @('-NoProfile', '-NonInteractive', '-File', $PSCommandPath, '-InProcess') + @(if ($Name) { '-Name', $Name })
    & (Get-Process -Id $PID).Path @again
    exit $LASTEXITCODE
}

if (-not (Get-Module -Name Pester -ListAvailable | Where-Object { $_.Version -ge '5.0' })) {
    Write-Warning 'Pester 5 is not installed (Install-Module -Name Pester): the tests of the module were NOT run.'
    'pester: 0 passed, 0 failed, 0 skipped'
    exit 0
}
Import-Module -Name Pester -MinimumVersion 5.0

$configuration = New-PesterConfiguration
$configuration.Run.Path = @(Get-ChildItem -LiteralPath $PSScriptRoot -Filter "*$Name*.Tests.ps1" | ForEach-Object { $_.FullName })
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$configuration.Output.CIFormat = 'None'
$configuration.Output.RenderMode = 'Plaintext'
"PowerShell $($PSVersionTable.PSVersion), Pester $((Get-Module -Name Pester).Version), culture $((Get-Culture).Name)"
$result = Invoke-Pester -Configuration $configuration
# A file that cannot be read, or a block that fails, counts as well: it hides tests.
$failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
"pester: $($result.PassedCount) passed, $failed failed, $($result.SkippedCount + $result.NotRunCount) skipped"
if ($failed -gt 0 -or $result.PassedCount -eq 0) { exit 1 }
