# Reads tests/data/queues and tests/data/connectors for Get-QueueFailure and
# Test-ReceiveConnectorAuth, as tests/queue.rs and tests/connector.rs do for the library.

function ConvertFrom-JsonElement {
    # Objects with what stands in the file: ConvertFrom-Json makes times of texts that look like some.
    param([Parameter(Mandatory)] [System.Text.Json.JsonElement] $Element)
    switch ("$($Element.ValueKind)") {
        'Object' {
            $properties = [ordered] @{}
            foreach ($property in $Element.EnumerateObject()) { $properties[$property.Name] = ConvertFrom-JsonElement -Element $property.Value }
            [pscustomobject] $properties
        }
        'Array' { , @(foreach ($item in $Element.EnumerateArray()) { ConvertFrom-JsonElement -Element $item }) }
        'String' { $Element.GetString() }
        'Number' { $Element.GetInt64() }
        'True' { $true }
        'False' { $false }
        default { $null }
    }
}

function Get-EvidenceCase {
    # The cases of a folder; fewer than $Least means that cases were lost.
    param([Parameter(Mandatory)] [string] $Folder, [Parameter(Mandatory)] [int] $Least)
    $file = [System.IO.Path]::Combine($Data, $Folder, 'cases.jsonl')
    $found = @(
        foreach ($line in [System.IO.File]::ReadAllLines($file)) {
            $case = ConvertFrom-JsonElement -Element ([System.Text.Json.JsonDocument]::Parse($line).RootElement)
            @{ Name = $case.name; Case = $case }
        }
    )
    if ($found.Count -lt $Least) { throw "Only $($found.Count) cases in $file." }
    $found
}

function Copy-ByClixml {
    # What is left of objects in a file.
    param([Parameter(Mandatory)] [AllowEmptyCollection()] [object[]] $Object)
    $file = Join-Path -Path $TestDrive -ChildPath "$([guid]::NewGuid()).xml"
    $Object | Export-Clixml -LiteralPath $file
    Import-Clixml -LiteralPath $file
    Remove-Item -LiteralPath $file
}

function Find-MissingPiece {
    # Pieces of text that should be there, or should not.
    param([string] $Name, [AllowEmptyString()] [string] $Text, [string[]] $Piece)
    foreach ($one in $Piece) {
        if ($Text.Contains($one) -ne $Name.EndsWith('Contains')) { "$Name '$one': $Text" }
    }
}

function Compare-QueueFailure {
    # What differs, a sentence each.
    param([AllowNull()] $Expected, [AllowEmptyCollection()] [object[]] $Given)
    if ($null -eq $Expected) {
        if ($Given.Count -gt 0) { "unexpected: $($Given.Cause)" }
        return
    }
    if ($Given.Count -ne 1) { return "$($Given.Count) answers" }
    if ($Given[0].NextStep.Count -eq 0 -or -not $Given[0].Diagnosis) { 'no Diagnosis or NextStep' }
    foreach ($property in $Expected.PSObject.Properties) {
        if ($property.Name -match '^(.+)(Contains|Lacks)$') {
            Find-MissingPiece -Name $property.Name -Text ($Given[0].($Matches[1]) -join "`n") -Piece $property.Value
        }
        elseif (-not (Compare-Text -Expected $property.Value -Given $Given[0].($property.Name))) {
            "$($property.Name) is '$($Given[0].($property.Name))', expected '$($property.Value)'"
        }
    }
}

function Compare-ConnectorTest {
    # What differs, a sentence each.
    param([object[]] $Expected, [AllowEmptyCollection()] [object[]] $Given)
    if ($Given.Count -ne $Expected.Count) { return "$($Given.Count) answers, expected $($Expected.Count)" }
    for ($at = 0; $at -lt $Expected.Count; $at++) {
        $test = $Given[$at]
        $codes = @($test.Findings | ForEach-Object { $_.Code }) -join ' '
        $messages = @($test.Findings | ForEach-Object { $_.Message }) -join "`n"
        foreach ($property in $Expected[$at].PSObject.Properties) {
            $wanted = $property.Value
            switch -Regex ($property.Name) {
                '^Codes$' { if ($codes -cne "$wanted") { "$($test.Identity): '$codes', expected '$wanted'" } }
                '^Message' { Find-MissingPiece -Name $_ -Text $messages -Piece $wanted }
                '^Remedy(Contains|Lacks)$' { Find-MissingPiece -Name $_ -Text ($test.Remedy -join "`n") -Piece $wanted }
                '^RemedyEmpty$' { if ($test.Remedy.Count -gt 0) { "$($test.Identity): $($test.Remedy)" } }
                default {
                    $same = if ($wanted -is [array]) { ($test.$_ -join "`0") -ceq ($wanted -join "`0") -and $null -ne $test.$_ } else { Compare-Text -Expected $wanted -Given $test.$_ }
                    if (-not $same) { "$($test.Identity): $_ is '$($test.$_)', expected '$wanted'" }
                }
            }
        }
    }
}

function New-NamedCertificate {
    # A certificate with this issuer and this subject, as far as names go.
    param([Parameter(Mandatory)] [string] $Issuer, [Parameter(Mandatory)] [string] $Subject)
    $key = [System.Security.Cryptography.RSA]::Create(2048)
    $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new($Subject, $key, 'SHA256', [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
    $signer = [System.Security.Cryptography.X509Certificates.X509SignatureGenerator]::CreateForRSA($key, [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
    $name = [System.Security.Cryptography.X509Certificates.X500DistinguishedName]::new($Issuer)
    $request.Create($name, $signer, [datetimeoffset] '2025-01-01T00:00:00Z', [datetimeoffset] '2035-01-01T00:00:00Z', [byte[]] (1, 2, 3))
}

function Get-CaseEvidence {
    # Everything that a case of connectors tells, as one list of objects.
    param([Parameter(Mandatory)] $Case)
    $Case.connectors
    $server = 'Microsoft.Exchange.Data.Directory.Management.ExchangeServer'
    foreach ($one in $Case.servers) { $one.PSObject.TypeNames.Insert(0, $server); $one }
    if ($null -ne $Case.certificates) {
        # That there is none of these names is known by another one.
        $pairs = @($Case.certificates) + , @('CN=Nobody', 'CN=Nobody')
        foreach ($pair in $pairs) { New-NamedCertificate -Issuer $pair[0] -Subject $pair[1] | Select-Object -Property RawData, Thumbprint }
    }
    # Addresses of Exchange servers of which no more is known.
    $number = 0
    foreach ($address in $Case.exchangeAddresses) { [pscustomobject] @{ PSTypeName = $server; Name = "OTHER$((++$number))"; IPAddress = $address } }
}
