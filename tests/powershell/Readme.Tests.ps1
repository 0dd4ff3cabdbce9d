# What the README shows of PowerShell is what PowerShell prints.
# $env:UPDATE_README = '1' writes the output anew.

BeforeDiscovery {
    $root = [System.IO.Path]::GetFullPath((Join-Path -Path $PSScriptRoot -ChildPath '../..'))
    $readme = [System.IO.File]::ReadAllText((Join-Path -Path $root -ChildPath 'README.md'))
    $blocks = [regex]::Matches($readme, '(?s)```powershell\n(?<code>.*?)```\n\n```text\n(?<shown>.*?)```')
    $examples = @(foreach ($block in $blocks) { @{ Code = $block.Groups['code'].Value; Shown = $block.Groups['shown'].Value } })
    if ($examples.Count -lt 2) { throw "README.md has $($examples.Count) PowerShell examples; at least 2 were expected." }
}

Describe 'README.md' {
    BeforeAll {
        . (Join-Path -Path $PSScriptRoot -ChildPath 'common.ps1')
        Import-TestModule
        # A long path would wrap; the README shows it from the root of the tree on.
        $short = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath "x$PID"
        [void] (New-Item -ItemType SymbolicLink -Path $short -Target $Root)
        Push-Location -LiteralPath $short
    }

    AfterAll {
        Pop-Location
        (Get-Item -LiteralPath $short).Delete()
    }

    It 'shows what is printed: <Code>' -ForEach $examples {
        # The module under test is imported already.
        $commands = ($Code -split "`n" | Where-Object { $_ -notmatch '^Import-Module' }) -join "`n"
        # PowerShell breaks lines between words, or anywhere, depending on the language.
        $language = [cultureinfo]::CurrentCulture
        [cultureinfo]::CurrentCulture = 'en-US'
        try { $given = (& ([scriptblock]::Create($commands)) | Out-String -Width 100).Replace("`r`n", "`n").Replace('\', '/') }
        finally { [cultureinfo]::CurrentCulture = $language }
        # The root of the tree differs from place to place.
        $given = ($given.Replace($short.Replace('\', '/') + '/', '') -split "`n" | ForEach-Object { $_.TrimEnd() }) -join "`n"
        $given = $given.Trim("`n") + "`n"
        if ($env:UPDATE_README) {
            $path = Join-Path -Path $Root -ChildPath 'README.md'
            $text = [System.IO.File]::ReadAllText($path)
            [System.IO.File]::WriteAllText($path, $text.Replace("$Code``````\n\n``````text\n$Shown".Replace('\n', "`n"), "$Code``````\n\n``````text\n$given".Replace('\n', "`n")))
        }
        else {
            $given | Should -BeExactly $Shown
        }
    }
}
