# Reads the cases of tests/data/zoo for Test-ExchangeTlsCert, as tests/zoo.rs does for the library.
$Zoo = Join-Path -Path $Data -ChildPath 'zoo'
# Fewer cases than this means that cases were lost.
$ZooAtLeast = 160

function Get-ZooCase {
    # The parameters of each case, and what is expected; of one case if it is named.
    param([string] $Name = '*')
    $found = @(
        foreach ($folder in Get-ChildItem -LiteralPath $Zoo -Directory -Filter $Name | Sort-Object -Property Name) {
            @{
                Name     = $folder.Name
                Folder   = $folder.FullName
                Expected = @(Get-Content -LiteralPath (Join-Path -Path $folder.FullName -ChildPath 'expected.json') -Raw -Encoding UTF8 | ConvertFrom-Json | ForEach-Object { $_ })
            }
        }
    )
    $least = if ($Name -eq '*') { $ZooAtLeast } else { 1 }
    if ($found.Count -lt $least) { throw "Only $($found.Count) cases $Name in $Zoo." }
    $found
}

function Get-ZooParameter {
    # What stands beside the certificates of a case: roots, lists, names, connectors.
    param([Parameter(Mandatory)] [string] $Folder)
    $request = Get-Content -LiteralPath (Join-Path -Path $Folder -ChildPath 'request.json') -Raw -Encoding UTF8 | ConvertFrom-Json
    $parameters = @{ At = [datetime] $request.at }
    foreach ($part in @{ Intermediate = 'intermediates'; Root = 'roots'; Crl = 'lists' }.GetEnumerator()) {
        $file = Join-Path -Path $Folder -ChildPath "$($part.Value).pem"
        $parameters[$part.Key] = @(if (Test-Path -LiteralPath $file) { $file })
    }
    foreach ($name in @{ Fqdn = 'fqdn'; TlsCertificateName = 'tls_certificate_name' }.GetEnumerator()) {
        $value = Get-Value $request $name.Value
        if ($null -ne $value) { $parameters[$name.Key] = $value }
    }
    $connectors = @(foreach ($one in (Get-Value $request 'send_connectors')) { if ($null -ne $one) { New-ZooConnector -From $one } })
    if ($connectors.Count -gt 0) { $parameters['SendConnector'] = $connectors }
    $parameters
}

function New-ZooConnector {
    # An object as Get-SendConnector gives it; what is not known, it lacks.
    param([Parameter(Mandatory)] $From)
    $connector = [ordered] @{ PSTypeName = 'Deserialized.Microsoft.Exchange.Data.Directory.SystemConfiguration.SmtpSendConnectorConfig' }
    $names = [ordered] @{ name = 'Identity'; fqdn = 'Fqdn'; require_tls = 'RequireTLS'; smart_hosts = 'SmartHosts'; dns_routing = 'DNSRoutingEnabled'; tls_certificate_name = 'TlsCertificateName' }
    foreach ($name in $names.Keys) {
        $value = Get-Value $From $name
        if ($null -ne $value) { $connector[$names[$name]] = $value }
    }
    [pscustomobject] $connector
}

function Get-ZooCertificate {
    # The certificates of a case, each an object with what is known of it.
    param([Parameter(Mandatory)] [string] $Folder)
    $request = Get-Content -LiteralPath (Join-Path -Path $Folder -ChildPath 'request.json') -Raw -Encoding UTF8 | ConvertFrom-Json
    $known = @(foreach ($one in (Get-Value $request 'certificates')) { $one })
    $text = [System.IO.File]::ReadAllText((Join-Path -Path $Folder -ChildPath 'tested.pem'))
    $place = 0
    foreach ($block in [regex]::Matches($text, '(?s)-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----')) {
        $object = [ordered] @{ RawData = [Convert]::FromBase64String($block.Groups[1].Value) }
        $facts = if ($place -lt $known.Count) { $known[$place] }
        if ($null -ne (Get-Value $facts 'has_private_key')) { $object['HasPrivateKey'] = $facts.has_private_key }
        if ($null -ne (Get-Value $facts 'services')) { $object['Services'] = $facts.services }
        [pscustomobject] $object
        $place++
    }
    if ($place -eq 0) { throw "$Folder holds no certificate." }
}

function Invoke-ZooCase {
    # What the cmdlet says of a case. Cases about files are read as files, the others as objects.
    param([Parameter(Mandatory)] [string] $Folder, [switch] $Deserialized)
    $parameters = Get-ZooParameter -Folder $Folder
    if ([System.IO.Path]::GetFileName($Folder) -like 'file-*') {
        return Test-ExchangeTlsCert -LiteralPath (Join-Path -Path $Folder -ChildPath 'tested.pem') @parameters
    }
    $certificates = @(Get-ZooCertificate -Folder $Folder)
    if ($Deserialized) {
        $certificates = Copy-ByRemoting -Object $certificates
        if ($parameters.ContainsKey('SendConnector')) { $parameters['SendConnector'] = Copy-ByRemoting -Object $parameters['SendConnector'] }
    }
    $certificates | Test-ExchangeTlsCert @parameters
}

function Copy-ByRemoting {
    # What is left of objects behind a remote session.
    param([Parameter(Mandatory)] [object[]] $Object)
    $serializer = [System.Management.Automation.PSSerializer]
    foreach ($one in $Object) { $serializer::Deserialize($serializer::Serialize($one)) }
}

function New-TestCertificate {
    # A certificate that nobody trusts, with its private key, whatever characters are in its name.
    param([Parameter(Mandatory)] [string] $CommonName, [string[]] $Dns, [datetimeoffset] $NotAfter = '2030-01-01T00:00:00Z')
    $bytes = [System.Text.Encoding]::UTF8.GetBytes($CommonName)
    $inner = [byte[]] (@(6, 3, 85, 4, 3) + (Get-Der -Tag 12 -Content $bytes))
    $name = [System.Security.Cryptography.X509Certificates.X500DistinguishedName]::new([byte[]] (Get-Der -Tag 0x30 -Content (Get-Der -Tag 0x31 -Content (Get-Der -Tag 0x30 -Content $inner))))
    $key = [System.Security.Cryptography.RSA]::Create(2048)
    $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new($name, $key, 'SHA256', [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
    if ($Dns) {
        $names = [System.Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder]::new()
        $Dns | ForEach-Object { $names.AddDnsName($_) }
        $request.CertificateExtensions.Add($names.Build())
    }
    $request.CreateSelfSigned([datetimeoffset] '2025-01-01T00:00:00Z', $NotAfter)
}

function Get-Der {
    # A value of DER, up to 65535 bytes long.
    param([int] $Tag, [byte[]] $Content)
    $length = $Content.Length
    $head = if ($length -lt 128) { , $length } elseif ($length -lt 256) { 0x81, $length } else { 0x82, ($length -shr 8), ($length -band 255) }
    [byte[]] (@($Tag) + $head + $Content)
}

function New-FailureLog {
    # A send log with one failed session, in which a certificate with this thumbprint was sent.
    param([Parameter(Mandatory)] [string] $Folder, [Parameter(Mandatory)] [string] $Thumbprint)
    [void] (New-Item -ItemType Directory -Path $Folder -Force)
    $source = [System.IO.Path]::Combine($Seeds, 'kb4051498', 'SEND20171007-1.LOG')
    $text = [System.IO.File]::ReadAllText($source).Replace('D8A1F0B2C3947586E7F60918273645546372819A', $Thumbprint)
    if (-not $text.Contains($Thumbprint)) { throw "$source does not hold the thumbprint that was to be replaced." }
    [System.IO.File]::WriteAllText((Join-Path -Path $Folder -ChildPath 'SEND20171007-1.LOG'), $text)
    $Folder
}
