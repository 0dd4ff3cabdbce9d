# Compares diagnoses with the expected.json of a scenario. tests/scenarios.rs does
# the same for the program.

function Read-Expected {
    # What is expected, with the thumbprints of its certificates filled in.
    param([Parameter(Mandatory)] [string] $Folder)
    $text = [System.IO.File]::ReadAllText((Join-Path -Path $Folder -ChildPath 'expected.json'))
    $names = [System.IO.File]::ReadAllText((Join-Path -Path $Folder -ChildPath 'certificates.json')) | ConvertFrom-Json
    foreach ($name in $names.PSObject.Properties) { $text = $text.Replace("{$($name.Name)}", $name.Value) }
    $expected = $text | ConvertFrom-Json
    # A time where ConvertFrom-Json makes one, else its text.
    if ($expected.At -is [string]) { $expected.At = [datetime]::Parse($expected.At, [cultureinfo]::InvariantCulture, 'AdjustToUniversal') }
    $expected
}

function Format-Evidence {
    param($Evidence)
    @(
        foreach ($one in $Evidence) {
            $line = if ($one.Line) { ":$($one.Line)" }
            "$($one.Name) $($one.Thumbprint) $($one.Text) $("$($one.Path)".Replace('\', '/'))$line"
        }
    ) -join "`n"
}

function Compare-Diagnosis {
    # What differs, a sentence each.
    param($Expected, [object[]] $Given)
    $wanted = @($Expected.Found)
    if ($Given.Count -ne $wanted.Count) { return "$($Given.Count) answers ($($Given.Cause -join ', ')); expected $($wanted.Count)" }
    for ($at = 0; $at -lt $wanted.Count; $at++) {
        $one = $Given[$at]
        if ($one.Rank -ne $at + 1) { "rank $($one.Rank) at place $at" }
        foreach ($property in $wanted[$at].PSObject.Properties) {
            $text = switch ($property.Name) {
                'Summary' { $one.Summary }
                'Evidence' { Format-Evidence -Evidence $one.Evidence }
                'Reference' { $one.Reference -join "`n" }
                { $_ -in 'Remedy', 'Never' } { $one.Remedy -join "`n" }
                default {
                    if ($one.$_ -cne $property.Value) { "$_ is $($one.$_); expected $($property.Value)" }
                    $null
                }
            }
            if ($text -is [string] -and $property.Value -isnot [array]) { $text; continue }
            $from = 0
            foreach ($piece in @($property.Value | Where-Object { $null -ne $text -and $_ -is [string] })) {
                $found = $text.IndexOf($piece, $from, [System.StringComparison]::Ordinal)
                if ($property.Name -eq 'Never') { if ($found -ge 0) { "Remedy holds '$piece'" } }
                elseif ($found -lt 0) { "$($property.Name) lacks '$piece'" }
                elseif ($property.Name -eq 'Remedy') { $from = $found + $piece.Length }
            }
        }
    }
}
