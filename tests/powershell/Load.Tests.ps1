# The module in eight runspaces at once, imported and removed again and again; an hour of it is
# `pwsh -File tests/powershell/soak.ps1 -Minutes 60` (docs/reliability.md has the figures).
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Load' {
    It 'leaves memory and handles flat' {
        $minutes = if ($env:EXCHANGETLS_SOAK_MINUTES) { $env:EXCHANGETLS_SOAK_MINUTES } else { '0.15' }
        # In a process of its own, so that nothing but this is measured.
        $lines = @(& (Get-Process -Id $PID).Path -NoProfile -NonInteractive -File (Join-Path -Path $PSScriptRoot -ChildPath 'soak.ps1') -Module $ModulePath -Minutes $minutes 2>&1 | ForEach-Object { "$_" })
        $lines[-1] | Should -BeLike 'flat: *' -Because ($lines -join "`n")
    }
}
