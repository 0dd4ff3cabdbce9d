# Compares what the cmdlets give with the expected.json of a case, by the rules
# of tests/data/README.md. tests/logs.rs does the same for the program.

function Get-LogCase {
    $found = @(
        foreach ($folder in Get-ChildItem -LiteralPath $Cases -Directory | Sort-Object -Property Name) {
            $file = Join-Path -Path $folder.FullName -ChildPath 'expected.json'
            $expected = Get-Content -LiteralPath $file -Raw -Encoding UTF8 | ConvertFrom-Json
            $given = if (Get-Value $expected 'input') { $expected.input } else { 'input' }
            @{
                Name     = $folder.Name
                Folder   = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($folder.FullName, $given))
                Expected = $expected
            }
        }
    )
    if ($found.Count -lt $AtLeast) { throw "Only $($found.Count) cases in $Cases." }
    $found
}

function Get-Value {
    # A property that may not be there.
    param([AllowNull()] $Object, [string] $Name)
    if ($null -ne $Object -and $Object.PSObject.Properties[$Name]) { , $Object.$Name }
}

function ConvertTo-Parameter {
    # --include-rejection --since X  ->  @{ IncludeRejection = $true; Since = X }
    param([AllowNull()] [string[]] $Argument)
    $parameters = @{}
    $name = $null
    foreach ($word in @($Argument | Where-Object { $_ })) {
        if ($word.StartsWith('--')) {
            $name = -join ($word.Substring(2).Split('-') | ForEach-Object { $_.Substring(0, 1).ToUpperInvariant() + $_.Substring(1) })
            if ($name -in 'Recurse', 'IncludeRejection', 'IncludeRecords') { $parameters[$name] = $true }
        }
        elseif ($parameters.ContainsKey($name)) { $parameters[$name] = @($parameters[$name]) + $word }
        else { $parameters[$name] = $word }
    }
    $parameters
}

function Compare-Text {
    param([AllowNull()] $Expected, [AllowNull()] $Given)
    if ($null -eq $Expected -or $null -eq $Given) { return $null -eq $Expected -and $null -eq $Given }
    (Format-Plain $Expected) -ceq (Format-Plain $Given)
}

function Format-Plain {
    # A value as JSON shows it. ConvertFrom-Json of PowerShell 7 makes times of texts, that of 5.1 does not.
    param($Value)
    $invariant = [System.Globalization.CultureInfo]::InvariantCulture
    if ($Value -is [datetime]) { return $Value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", $invariant) }
    if ($Value -is [timespan]) { return $Value.TotalSeconds.ToString('0.###', $invariant) }
    if ($Value -is [string]) { return $Value }
    if ($Value -is [double] -or $Value -is [decimal]) { return $Value.ToString('0.###', $invariant) }
    [string]::Format($invariant, '{0}', $Value)
}

function Find-Difference {
    # The first property that is not as expected, as a sentence; nothing if all are.
    param($Expected, [AllowNull()] $Given)
    if ($null -eq $Given) { return 'is empty' }
    foreach ($property in $Expected.PSObject.Properties) {
        $wanted = $property.Value
        $name = $property.Name
        $contains = $name -match '^(Remedy|Reference)Contains$'
        if ($contains) { $name = $Matches[1] }
        if (-not $Given.PSObject.Properties[$name]) { return "there is no property $name" }
        $found = $Given.$name
        $fits = if ($contains) {
            $text = $found -join "`n"
            -not @($wanted | Where-Object { -not $text.Contains($_) })
        }
        elseif ($name -eq 'Path') { $found.Replace('\', '/').EndsWith($wanted) }
        elseif ($wanted -is [array]) {
            $found -is [string[]] -and $found.Count -eq $wanted.Count -and ($wanted -join "`0") -ceq ($found -join "`0")
        }
        elseif ($wanted -is [System.Management.Automation.PSCustomObject]) {
            $difference = Find-Difference -Expected $wanted -Given $found
            if ($difference) { return "$name.$difference" }
            $true
        }
        else { Compare-Text -Expected $wanted -Given $found }
        if (-not $fits) { return "$name is '$found', expected '$wanted'" }
    }
}

function Compare-Result {
    # Pairs every expected object with one that was given, each used once; says what is left on either side.
    param([string] $What, [AllowNull()] $Expected, [AllowEmptyCollection()] [System.Collections.ArrayList] $Given)
    foreach ($wanted in @($Expected | Where-Object { $null -ne $_ })) {
        $differences = @()
        $match = $null
        foreach ($object in $Given) {
            $difference = Find-Difference -Expected $wanted -Given $object
            if (-not $difference) { $match = $object; break }
            if ($object.SessionId -eq (Get-Value $wanted 'SessionId')) { $differences += $difference }
        }
        if ($null -ne $match) { $Given.Remove($match) }
        else { "$What of $(Get-Value $wanted 'SessionId') missing: $($differences -join ' | ')" }
    }
    foreach ($object in $Given) { "$What unexpected: $($object.Cause) at line $($object.Line) of $($object.Path)" }
}

function Compare-Complaint {
    param([AllowNull()] $Expected, [AllowEmptyCollection()] [System.Collections.ArrayList] $Given)
    foreach ($wanted in @($Expected | Where-Object { $null -ne $_ })) {
        $line = Get-Value $wanted 'line'
        $place = if ($null -ne $line) { "$($wanted.file):${line}:" } else { $wanted.file }
        $part = "$(Get-Value $wanted 'contains')"
        $match = $Given | Where-Object { $_.Replace('\', '/').Contains($place) -and $_.Contains($part) } | Select-Object -First 1
        if ($match) { $Given.Remove($match) } else { "warning missing: $wanted" }
    }
    foreach ($text in $Given) { "warning unexpected: $text" }
}
