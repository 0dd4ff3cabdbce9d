# Reads the scripts without running them: PSScriptAnalyzer with the committed settings, and rules of
# our own for what Windows PowerShell 5.1 lacks or misreads. The last line counts the files that pass
# or fail; the exit status is 1 on failure.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$root = [System.IO.Path]::GetFullPath((Join-Path -Path $PSScriptRoot -ChildPath '../..'))
$module = Join-Path -Path $root -ChildPath 'powershell'
$settings = Join-Path -Path $module -ChildPath 'PSScriptAnalyzerSettings.psd1'

# What came after 5.1. A dot stands between a command and a parameter.
$newer = @(
    'ConvertFrom-Json.AsHashtable', 'ConvertFrom-Json.Depth', 'ConvertFrom-Json.NoEnumerate', 'ConvertFrom-Json.DateKind'
    'ConvertTo-Json.EnumsAsStrings', 'ConvertTo-Json.AsArray', 'ConvertTo-Json.EscapeHandling', 'Test-Json', 'Join-String'
    'ConvertTo-Csv.UseQuotes', 'ConvertTo-Csv.QuoteFields', 'ConvertTo-Csv.IncludeTypeInformation', 'ConvertTo-Csv.NoHeader'
    'Export-Csv.UseQuotes', 'Export-Csv.QuoteFields', 'Export-Csv.IncludeTypeInformation', 'Export-Csv.NoHeader'
    'Get-Content.AsByteStream', 'Set-Content.AsByteStream', 'Add-Content.AsByteStream', 'Join-Path.AdditionalChildPath', 'Join-Path.Extension'
    'Split-Path.LeafBase', 'Split-Path.Extension', 'Get-ChildItem.FollowSymlink', 'Get-Date.AsUTC', 'Get-Date.UnixTimeSeconds'
    'ForEach-Object.Parallel', 'Where-Object.Not', 'Sort-Object.Top', 'Sort-Object.Bottom', 'Sort-Object.Stable', 'Select-Object.SkipIndex'
    'Select-Object.CaseInsensitive', 'Select-String.Raw', 'Select-String.NoEmphasis', 'Select-String.Culture', 'Measure-Object.AllStats'
    'Get-Error', 'Get-Uptime', 'Remove-Alias', 'Remove-Service', 'Show-Markdown', 'ConvertFrom-Markdown', 'Switch-Process', 'Start-ThreadJob'
    'Start-Process.Environment', 'Start-Job.WorkingDirectory', 'Import-Module.SkipEditionCheck', 'Import-Module.UseWindowsPowerShell'
    'Get-Random.Shuffle', 'Get-SecureRandom', 'New-TemporaryFile.Extension', 'Compress-PSResource', 'Out-File.NoEncodingBom'
)
$newerVariables = 'IsWindows', 'IsLinux', 'IsMacOS', 'IsCoreCLR', 'PSNativeCommandUseErrorActionPreference'
# Members of objects that .NET Framework lacks. Static ones are compiled against it (tools/framework).
$newerMembers = 'TryAdd', 'TryPop', 'TryPeek', 'TryDequeue', 'GetValueOrDefault', 'EnsureCapacity', 'ToHashSet', 'ReplaceLineEndings', 'EnumerateRunes', 'AsSpan', 'WaitAsync', 'ReadExactly', 'GetEncodings'
# And overloads: of texts, those with a single character or a comparison.
$newerOverloads = @{ Contains = 2; Replace = 3; Split = 3 }
$newerTokens = 'QuestionMark', 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr', 'Clean'

function Find-NewSyntax {
    # What 5.1 cannot parse, does not have, or reads as something else.
    param([string] $Path)
    $tokens = $null
    $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref] $tokens, [ref] $errors)
    foreach ($problem in $errors) { "$($problem.Extent.StartLineNumber): $($problem.Message)" }
    foreach ($token in $tokens) {
        if ("$($token.Kind)" -in $newerTokens) { "$($token.Extent.StartLineNumber): 5.1 has no $($token.Text)" }
    }
    foreach ($variable in $tree.FindAll({ param($node) $node -is [System.Management.Automation.Language.VariableExpressionAst] }, $true)) {
        if ($variable.VariablePath.UserPath -in $newerVariables) { "$($variable.Extent.StartLineNumber): 5.1 has no $variable" }
    }
    foreach ($call in $tree.FindAll({ param($node) $node -is [System.Management.Automation.Language.InvokeMemberExpressionAst] -and -not $node.Static }, $true)) {
        $given = @($call.Arguments | Where-Object { $_ }).Count
        if ("$($call.Member)" -in $newerMembers -or $newerOverloads["$($call.Member)"] -eq $given) { "$($call.Extent.StartLineNumber): .NET Framework has no $($call.Member) with $given arguments" }
    }
    foreach ($command in $tree.FindAll({ param($node) $node -is [System.Management.Automation.Language.CommandAst] }, $true)) {
        $name = $command.GetCommandName()
        if ($name -in $newer) { "$($command.Extent.StartLineNumber): 5.1 has no $name" }
        foreach ($element in $command.CommandElements) {
            if ($element -is [System.Management.Automation.Language.CommandParameterAst]) {
                $known = $newer | Where-Object { $_ -like "$name.$($element.ParameterName)*" }
                # Shortened names only where they are long enough to mean it.
                if ($known -and $element.ParameterName.Length -gt 2) { "$($command.Extent.StartLineNumber): 5.1 has no $($known -join ', ')" }
            }
        }
    }
}

function Find-Habit {
    # What modules must not do: talk to the console, ask, leave, hide what they load or export.
    param([string] $Path)
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref] $null, [ref] $null)
    foreach ($node in $tree.FindAll({ param($node) $true }, $true)) {
        $line = $node.Extent.StartLineNumber
        if ($node -is [System.Management.Automation.Language.TypeDefinitionAst]) { "${line}: no classes" }
        if ($node -is [System.Management.Automation.Language.ExitStatementAst]) { "${line}: no exit" }
        if ($node -is [System.Management.Automation.Language.CommandAst]) {
            if ($node.InvocationOperator -eq 'Dot') { "${line}: no dot-sourcing; with exports it is an error under App Control" }
            if ($node.GetCommandName() -in 'Write-Host', 'Read-Host', 'Out-Host', 'Invoke-Expression', 'Set-ExecutionPolicy') { "${line}: no $($node.GetCommandName())" }
            if ($node.GetCommandName() -eq 'Export-ModuleMember' -and $node.Extent.Text.Contains('*')) { "${line}: no wildcard exports" }
        }
    }
}

function Find-NonAscii {
    # 5.1 reads a file without a byte order mark in the code page of the machine.
    param([string] $Path)
    $number = 0
    foreach ($text in [System.IO.File]::ReadAllLines($Path)) {
        $number++
        if ($text -match '[^\x09\x20-\x7E]') { "${number}: not ASCII" }
    }
}

function Get-AnalyzerRecord {
    # The rules run side by side, and in some processes one of them never finds Get-Command: an error
    # of the analyzer, not of the files. Another process is then asked.
    param([string[]] $Path, [string[]] $Exclude)
    for ($try = 1; ; $try++) {
        $job = Start-Job -ScriptBlock {
            $using:Path | ForEach-Object { Invoke-ScriptAnalyzer -Path $_ -Settings $using:settings -ExcludeRule $using:Exclude -ErrorAction Stop }
        }
        try { return Receive-Job -Job $job -Wait -AutoRemoveJob -ErrorAction Stop }
        catch { if ($try -eq 5) { throw } }
    }
}

$modules = @(Get-ChildItem -LiteralPath $module -Recurse -File | Where-Object { $_.Extension -in '.ps1', '.psm1', '.psd1' })
$tests = @(Get-ChildItem -LiteralPath $PSScriptRoot -File | Where-Object { $_.Extension -eq '.ps1' })
$texts = @(Get-ChildItem -LiteralPath $module -Recurse -File | Where-Object { $_.Extension -in '.cs', '.ps1xml', '.txt', '.xml', '.csproj' })
if ($modules.Count -lt 3 -or $tests.Count -lt 3) { throw 'The scripts were not found.' }
# Blocks of Pester share variables in ways the analyzer does not see; $global: is what stand-ins need.
$forTests = 'PSUseDeclaredVarsMoreThanAssignments', 'PSAvoidGlobalVars', 'PSUseShouldProcessForStateChangingFunctions', 'PSReviewUnusedParameter', 'PSAvoidOverwritingBuiltInCmdlets', 'PSUseSingularNouns'
$hasAnalyzer = [bool] (Get-Module -Name PSScriptAnalyzer -ListAvailable)
$records = @(
    if ($hasAnalyzer) {
        Get-AnalyzerRecord -Path $modules.FullName -Exclude @()
        Get-AnalyzerRecord -Path $tests.FullName -Exclude $forTests
    }
)

$count = @{ passed = 0; failed = 0; skipped = 0 }
foreach ($file in $modules + $tests + $texts) {
    $isScript = $file -notin $texts
    $found = @(
        Find-NonAscii -Path $file.FullName
        if ($isScript) { Find-NewSyntax -Path $file.FullName }
        if ($file -in $modules) { Find-Habit -Path $file.FullName }
        $records | Where-Object { $_.ScriptPath -eq $file.FullName } | ForEach-Object { "$($_.Line): $($_.RuleName): $($_.Message)" }
    )
    if ($isScript -and -not $hasAnalyzer) { $count.skipped++ }
    if ($found.Count -gt 0) { $count.failed++ } else { $count.passed++ }
    $found | ForEach-Object { "$($file.FullName.Substring($root.Length).TrimStart('\/')):$_" }
}
if (-not $hasAnalyzer) {
    Write-Warning 'PSScriptAnalyzer is not installed (Install-Module -Name PSScriptAnalyzer): only the rules of our own were run.'
}
"lint: $($count.passed) passed, $($count.failed) failed, $($count.skipped) skipped"
if ($count.failed -gt 0) { exit 1 }
