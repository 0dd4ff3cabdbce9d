# Writes a C# file that uses every type and every static member of .NET that the module's scripts
# name. tools/framework compiles it against .NET Framework 4.7.2 and the assemblies of Windows
# PowerShell 5.1: what these lack is found without running either. Arguments are dynamic, so that
# the number of them is checked, and their types are not.
#   pwsh -NoProfile -File tests/powershell/members.ps1 FILE
param([Parameter(Mandatory)] [string] $File)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$module = [System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'powershell', 'ExchangeTls')

function Resolve-TypeName {
    # The name of a type as C# writes it; nothing for our own, and for generic ones, which are as old as .NET 2.
    param([string] $Name)
    if ($Name -match '^ExchangeTls\.|[\[`]' -or -not $Name -or $Name -eq 'void') { return }
    $type = $Name -as [type]
    if (-not $type) { throw "There is no type $Name." }
    if (-not $type.IsGenericType) { "global::$($type.FullName.Replace('+', '.'))" }
}

$uses = New-Object -TypeName 'System.Collections.Generic.SortedSet[string]'
foreach ($script in Get-ChildItem -LiteralPath $module -Filter *.psm1) {
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($script.FullName, [ref] $null, [ref] $null)
    foreach ($node in $tree.FindAll({ $true }, $true)) {
        if ($node -is [System.Management.Automation.Language.TypeExpressionAst] -or $node -is [System.Management.Automation.Language.TypeConstraintAst]) {
            $name = $node.TypeName.Name
            if ($node -is [System.Management.Automation.Language.TypeConstraintAst] -and $name -in 'ordered', 'pscustomobject') { continue }
            $type = Resolve-TypeName -Name ($name -replace '\[\]$')
            if ($type) { [void] $uses.Add("o = typeof($type);") }
        }
        if ($node -is [System.Management.Automation.Language.CommandAst] -and $node.GetCommandName() -eq 'New-Object') {
            $named = $node.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.StringConstantExpressionAst] -and $_.Value -ne 'New-Object' } | Select-Object -First 1
            $type = Resolve-TypeName -Name $named.Value
            if ($type) { [void] $uses.Add("o = typeof($type);") }
        }
        if ($node -isnot [System.Management.Automation.Language.MemberExpressionAst] -or -not $node.Static) { continue }
        if ($node.Expression -isnot [System.Management.Automation.Language.TypeExpressionAst]) { continue }
        $type = Resolve-TypeName -Name $node.Expression.TypeName.Name
        if (-not $type -or "$($node.Member)" -eq 'new') { continue }
        if ($node -is [System.Management.Automation.Language.InvokeMemberExpressionAst]) {
            $arguments = @('d') * @($node.Arguments | Where-Object { $_ }).Count -join ', '
            [void] $uses.Add("x = () => $type.$($node.Member)($arguments);")
        }
        else { [void] $uses.Add("o = $type.$($node.Member);") }
    }
}
if ($uses.Count -lt 40) { throw "Only $($uses.Count) uses of .NET were found in the scripts." }
$lines = @('// Written by tests/powershell/members.ps1.', 'internal static class Members', '{', '    internal static void Use(dynamic d)', '    {', '        object o;', '        System.Action x;')
$lines += $uses | ForEach-Object { "        $_" }
$lines += '        System.GC.KeepAlive(o);', '        System.GC.KeepAlive(x);', '    }', '}'
[System.IO.File]::WriteAllLines($File, [string[]] $lines)
"$($uses.Count) types and members"
