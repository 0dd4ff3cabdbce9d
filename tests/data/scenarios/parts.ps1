# The parts that make.ps1 puts scenarios together of: certificates, objects of
# the Exchange shell as they are after remoting, and protocol logs.
using namespace System.Security.Cryptography
using namespace System.Security.Cryptography.X509Certificates

$Day = [datetimeoffset]::new(2026, 3, 10, 8, 0, 0, [timespan]::Zero)

function New-Issuer {
    param([string] $Subject, $Issuer)
    $key = [ECDsa]::Create([ECCurve+NamedCurves]::nistP256)
    $request = [CertificateRequest]::new($Subject, $key, [HashAlgorithmName]::SHA256)
    $request.CertificateExtensions.Add([X509BasicConstraintsExtension]::new($true, $false, 0, $true))
    $request.CertificateExtensions.Add([X509KeyUsageExtension]::new('KeyCertSign, CrlSign', $true))
    $request.CertificateExtensions.Add([X509SubjectKeyIdentifierExtension]::new($request.PublicKey, $false))
    if (-not $Issuer) { return $request.CreateSelfSigned($Day.AddYears(-5), $Day.AddYears(10)) }
    $request.CertificateExtensions.Add([X509AuthorityKeyIdentifierExtension]::CreateFromCertificate($Issuer, $true, $false))
    [ECDsaCertificateExtensions]::CopyWithPrivateKey($request.Create($Issuer, $Day.AddYears(-4), $Day.AddYears(9), (New-Serial)), $key)
}

function New-Serial { , [byte[]] @(@(1) + @(1..15 | ForEach-Object { Get-Random -Maximum 256 })) }

function New-Leaf {
    param([string] $Subject, $Issuer, [int] $From = -100, [int] $To = 265, [string[]] $Also = @())
    $key = [RSA]::Create(2048)
    $request = [CertificateRequest]::new($Subject, $key, [HashAlgorithmName]::SHA256, [RSASignaturePadding]::Pkcs1)
    $request.CertificateExtensions.Add([X509BasicConstraintsExtension]::new($false, $false, 0, $true))
    $request.CertificateExtensions.Add([X509KeyUsageExtension]::new('DigitalSignature, KeyEncipherment', $true))
    $purposes = [OidCollection]::new()
    '1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2' | ForEach-Object { [void] $purposes.Add([Oid]::new($_)) }
    $request.CertificateExtensions.Add([X509EnhancedKeyUsageExtension]::new($purposes, $false))
    $names = [SubjectAlternativeNameBuilder]::new()
    @([regex]::Match($Subject, 'CN=([^,]+)').Groups[1].Value) + $Also | ForEach-Object { $names.AddDnsName($_) }
    $request.CertificateExtensions.Add($names.Build())
    $request.CertificateExtensions.Add([X509AuthorityKeyIdentifierExtension]::CreateFromCertificate($Issuer, $true, $false))
    # The key of the issuer is of another kind.
    $sign = [X509SignatureGenerator]::CreateForECDsa([ECDsaCertificateExtensions]::GetECDsaPrivateKey($Issuer))
    $request.HashAlgorithm | Out-Null
    $request.Create($Issuer.SubjectName, $sign, $Day.AddDays($From), $Day.AddDays($To), (New-Serial))
}

function New-Twins {
    # The one to keep, and the other one, with the same issuer and subject.
    param([string] $Subject, $Issuer, [switch] $OldIsOlder, [switch] $OldIsExpired)
    New-Leaf -Subject $Subject -Issuer $Issuer -From -30 -To 335 -Also autodiscover.contoso.com
    if ($OldIsExpired) { New-Leaf -Subject $Subject -Issuer $Issuer -From -366 -To -1 }
    elseif ($OldIsOlder) { New-Leaf -Subject $Subject -Issuer $Issuer -From -200 -To 165 }
    else { New-Leaf -Subject $Subject -Issuer $Issuer -From -31 -To 334 }
}

function New-SelfSigned {
    # As Exchange makes its own one at setup.
    param([string] $Server)
    $key = [RSA]::Create(2048)
    $request = [CertificateRequest]::new("CN=$Server", $key, [HashAlgorithmName]::SHA256, [RSASignaturePadding]::Pkcs1)
    $names = [SubjectAlternativeNameBuilder]::new()
    $names.AddDnsName($Server)
    $names.AddDnsName("$Server.contoso.com".ToLowerInvariant())
    $request.CertificateExtensions.Add($names.Build())
    [X509Certificate2]::new($request.CreateSelfSigned($Day.AddYears(-1), $Day.AddYears(4)).RawData)
}

function New-Crl {
    param($Issuer, $Revoked)
    $builder = [CertificateRevocationListBuilder]::new()
    $builder.AddEntry($Revoked, $Day.AddDays(-60), [X509RevocationReason]::Superseded)
    , $builder.Build($Issuer, 7, $Day.AddDays(365), [HashAlgorithmName]::SHA256, $null, $Day.AddDays(-1))
}

function New-Shell {
    # An object as it comes out of remoting.
    param([string] $Type, [string] $Text, [System.Collections.IDictionary] $Property, [string] $Server)
    $object = [pscustomobject] $Property
    if ($Server) { $object | Add-Member -NotePropertyName PSComputerName -NotePropertyValue "$Server.contoso.com".ToLowerInvariant() }
    $object.PSObject.TypeNames.Clear()
    $object.PSObject.TypeNames.Add("Deserialized.$Type")
    $object.PSObject.TypeNames.Add('Deserialized.System.Object')
    $object
}

function New-Queue {
    param([string] $Identity, [string] $To, [string] $Type = 'SmartHostConnectorDelivery', [string] $LastError, [int] $Messages, [string] $Status = 'Retry')
    $facts = [ordered] @{ Identity = $Identity; DeliveryType = $Type; NextHopDomain = $To; Status = $Status; MessageCount = $Messages; LastError = $LastError }
    if ($LastError) { $facts.LastRetryTime = $Day.AddMinutes(30).UtcDateTime }
    # What came out of a message trace or an NDR is no queue of a server.
    if (-not $Identity) { foreach ($name in 'Identity', 'DeliveryType', 'Status', 'MessageCount', 'LastRetryTime') { $facts.Remove($name) } }
    New-Shell -Type 'Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo' -Property $facts
}

function New-SendConnector {
    param([string] $Name, [string[]] $SmartHosts = @(), [string[]] $Spaces = @('SMTP:contoso.mail.onmicrosoft.com;1'), $Tls, [string[]] $Source,
        [bool] $RequireTLS, [bool] $CloudServicesMailEnabled, [string] $Logging = 'Verbose', [string] $AuthLevel, [string] $TlsDomain)
    New-Shell -Type 'Microsoft.Exchange.Data.Directory.SystemConfiguration.SmtpSendConnectorConfig' -Property ([ordered] @{
            Identity = $Name; Name = $Name; Guid = [guid]::NewGuid(); Enabled = $true; Fqdn = 'mail.contoso.com'
            AddressSpaces = $Spaces; SmartHosts = $SmartHosts; DNSRoutingEnabled = -not $SmartHosts; SourceTransportServers = $Source
            RequireTLS = $RequireTLS; TlsAuthLevel = $AuthLevel; TlsDomain = $TlsDomain; CloudServicesMailEnabled = $CloudServicesMailEnabled
            TlsCertificateName = $(if ($Tls) { "<I>$($Tls.Issuer)<S>$($Tls.Subject)" }); ProtocolLoggingLevel = $Logging
        })
}

function New-ReceiveConnector {
    param([string] $Server, [string] $Name, [string] $Auth = 'Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer',
        [string] $Groups = 'ExchangeUsers, ExchangeServers, ExchangeLegacyServers', [string[]] $Ranges = @('::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '0.0.0.0-255.255.255.255'),
        [int] $Port = 25, [switch] $Default, $Tls)
    if ($Default) { $Name = "Default Frontend $Server" }
    New-Shell -Type 'Microsoft.Exchange.Data.Directory.SystemConfiguration.ReceiveConnector' -Property ([ordered] @{
            Identity = "$Server\$Name"; Name = $Name; Server = $Server; Enabled = $true; TransportRole = 'FrontendTransport'
            Fqdn = "$Server.contoso.com".ToLowerInvariant(); Bindings = @("[::]:$Port", "0.0.0.0:$Port"); RemoteIPRanges = $Ranges
            AuthMechanism = $Auth; PermissionGroups = $Groups; RequireTLS = $false; SuppressXAnonymousTls = $false; DomainSecureEnabled = $false
            TlsCertificateName = $(if ($Tls) { "<I>$($Tls.Issuer)<S>$($Tls.Subject)" }); ProtocolLoggingLevel = 'Verbose'
        })
}

function New-Server {
    param([string] $Name)
    New-Shell -Type 'Microsoft.Exchange.Data.Directory.Management.ExchangeServer' -Property ([ordered] @{
            Identity = $Name; Name = $Name; Fqdn = "$Name.contoso.com".ToLowerInvariant(); ServerRole = 'Mailbox'; Site = 'contoso.com/Configuration/Sites/Default-First-Site-Name'; IsEdgeServer = $false
        })
}

function New-Listed {
    # Of Get-ExchangeCertificate.
    param($Certificate, [string] $Server, [string] $Services)
    New-Shell -Type 'Microsoft.Exchange.Management.SystemConfigurationTasks.ExchangeCertificate' -Server $Server -Property ([ordered] @{
            Identity = "$Server\$($Certificate.Thumbprint)"; Thumbprint = $Certificate.Thumbprint; Subject = $Certificate.Subject; Issuer = $Certificate.Issuer
            NotAfter = $Certificate.NotAfter; Services = $Services; HasPrivateKey = $true; RawData = $Certificate.RawData
        })
}

function New-Stored {
    # Of Get-ChildItem Cert:\LocalMachine\... | Select-Object PSPath, HasPrivateKey, RawData, @{ Name = 'Server'; Expression = { $env:COMPUTERNAME } }
    param($Certificate, [string] $Server, [string] $Store = 'My', [switch] $Key)
    [pscustomobject] [ordered] @{
        PSPath = "Microsoft.PowerShell.Security\Certificate::LocalMachine\$Store\$($Certificate.Thumbprint)"
        Server = $Server; HasPrivateKey = [bool] $Key; RawData = $Certificate.RawData
    }
}

function New-StoredIssuers {
    param([string] $Server, [switch] $WithoutIntermediate)
    New-Stored $Ca -Server $Server -Store Root
    # Something stands in that store on every computer.
    New-Stored (New-Issuer -Subject 'CN=Tailspin Test CA') -Server $Server -Store CA
    if (-not $WithoutIntermediate) { New-Stored $Sub -Server $Server -Store CA }
}

function Save {
    # Exports go to collected/*.xml, logs and other bytes below it, and the names of certificates beside it.
    param([System.Collections.IDictionary] $Exports, [System.Collections.IDictionary] $Logs = @{}, [System.Collections.IDictionary] $Certificates = @{})
    $collected = Join-Path -Path $Folder -ChildPath 'collected'
    if (Test-Path -LiteralPath $collected) { Remove-Item -LiteralPath $collected -Recurse }
    [void] [System.IO.Directory]::CreateDirectory($collected)
    foreach ($name in $Exports.Keys) {
        $file = Join-Path -Path $collected -ChildPath $name
        if ($Exports[$name] -is [byte[]]) { [System.IO.File]::WriteAllBytes($file, $Exports[$name]) }
        else { $Exports[$name] | Export-Clixml -LiteralPath "$file.xml" -Depth 3 }
    }
    foreach ($name in $Logs.Keys) {
        $file = [System.IO.Path]::Combine($collected, $name)
        [void] [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($file))
        [System.IO.File]::WriteAllText($file, ($Logs[$name] -join "`r`n") + "`r`n")
    }
    $names = [ordered] @{}
    foreach ($name in $Certificates.Keys | Sort-Object) { $names[$name] = $Certificates[$name].Thumbprint }
    [System.IO.File]::WriteAllText((Join-Path -Path $Folder -ChildPath 'certificates.json'), ($names | ConvertTo-Json) + "`n")
}

function Write-Header {
    param([string] $Direction)
    '#Software: Microsoft Exchange Server'
    '#Version: 15.0.0.0'
    "#Log-type: SMTP $Direction Protocol Log"
    '#Date: 2026-03-10T08:00:00.000Z'
    '#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context'
}

function Write-Session {
    # Lines of one session: event, data and context of each record.
    param([string] $Connector, [long] $Id, [int] $Minute, [string] $Local, [string] $Remote, [object[]] $Records)
    $sequence = 0
    foreach ($record in $Records) {
        $time = $Day.AddMinutes($Minute).AddMilliseconds(20 * $sequence).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [cultureinfo]::InvariantCulture)
        $cells = foreach ($cell in $record[1], $record[2]) { if ("$cell" -match '[,"]') { '"' + "$cell".Replace('"', '""') + '"' } else { "$cell" } }
        '{0},{1},{2:X16},{3},{4},{5},{6},{7},{8}' -f $time, $Connector, $Id, $sequence, $Local, $Remote, $record[0], $cells[0], $cells[1]
        $sequence++
    }
}

function Get-SentRecords {
    # What the log says of the certificate that is sent, in both shapes.
    param($Certificate, [int] $Shape)
    $names = @([regex]::Matches($Certificate.Extensions['2.5.29.17'].Format($false), 'DNS(?: Name[=:]|:)([^,\s]+)') | ForEach-Object { $_.Groups[1].Value }) -join ';'
    if ($Shape -ge 2016) {
        $form = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"
        $from, $to = $Certificate.NotBefore.ToUniversalTime().ToString($form), $Certificate.NotAfter.ToUniversalTime().ToString($form)
        return , @('*', " $($Certificate.Subject) $($Certificate.Issuer) $($Certificate.SerialNumber) $($Certificate.Thumbprint) $from $to $names", 'Sending certificate Subject Issuer name Serial number Thumbprint Not before Not after Subject alternate names')
    }
    , @('*', '', 'Sending certificate')
    , @('*', $Certificate.Subject, 'Certificate subject')
    , @('*', $Certificate.Issuer, 'Certificate issuer name')
    , @('*', $Certificate.SerialNumber, 'Certificate serial number')
    , @('*', $Certificate.Thumbprint, 'Certificate thumbprint')
    , @('*', $names, 'Certificate alternate names')
}

function New-SendLog {
    param([string] $Connector = 'Outbound to Office 365', $Certificate, [string] $TlsError, [string] $AuthError, [string] $Reply, [int] $Shape, [int] $Sessions, [int] $SessionBase = 0x6000, [switch] $MadeGood)
    Write-Header Send
    $extensions = 'SIZE 157286400', 'PIPELINING', 'DSN', 'ENHANCEDSTATUSCODES', 'STARTTLS', '8BITMIME', 'BINARYMIME', 'CHUNKING'
    for ($at = 0; $at -lt $Sessions; $at++) {
        $peer = 'BL3FEO12EC{0:D3}.mail.protection.outlook.com' -f (57 + $at)
        $records = @(
            , @('*', '', 'attempting to connect')
            , @('+', '', '')
            , @('<', "220 $peer Microsoft ESMTP MAIL Service ready at Tue, 10 Mar 2026 08:00:00 +0000", '')
            , @('>', 'EHLO mail.contoso.com', '')
            if ($Shape -ge 2016) { , @('<', "250  $peer Hello [203.0.113.10] $($extensions -join ' ')", '') }
            else {
                , @('<', "250-$peer Hello [203.0.113.10]", '')
                $extensions[0..6] | ForEach-Object { , @('<', "250-$_", '') }
                , @('<', '250 CHUNKING', '')
            }
            , @('>', 'STARTTLS', '')
            , @('<', '220 2.0.0 SMTP server ready', '')
            Get-SentRecords -Certificate $Certificate -Shape $Shape
            if ($TlsError) { , @('*', '', "TLS negotiation failed with error $TlsError") }
            if (-not $TlsError) { , @('*', '', 'TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded using bulk encryption algorithm CALG_AES_256 with strength 256 bits, MAC hash algorithm CALG_SHA_384 with strength 0 bits and key exchange algorithm CALG_ECDHE with strength 384 bits') }
            if ($AuthError) { , @('*', '', $AuthError) }
            if (-not $TlsError -and -not $AuthError) {
                , @('>', 'EHLO mail.contoso.com', '')
                , @('<', "250  $peer Hello [203.0.113.10] SIZE 157286400 PIPELINING DSN ENHANCEDSTATUSCODES 8BITMIME BINARYMIME CHUNKING", '')
            }
            if ($MadeGood -or -not ($TlsError -or $AuthError)) {
                , @('*', '1042', 'sending message')
                , @('>', 'MAIL FROM:<anna@contoso.com> SIZE=4711', '')
                if ($Reply) { , @('<', $Reply, '') }
                else {
                    , @('<', '250 2.1.0 Sender OK', '')
                    , @('>', 'RCPT TO:<bert@fabrikam.com>', '')
                    , @('<', '250 2.1.5 Recipient OK', '')
                    , @('>', 'BDAT 4711 LAST', '')
                    , @('<', '250 2.6.0 <1@contoso.com> Queued mail for delivery', '')
                }
                , @('>', 'QUIT', '')
                , @('<', '221 2.0.0 Service closing transmission channel', '')
            }
            , @('-', '', 'Local')
        )
        Write-Session -Connector $Connector -Id (0x08DE7E0000000000 + $SessionBase + $at) -Minute (5 * $at) -Local "10.0.0.1:$(16547 + $at)" -Remote "192.0.2.$(20 + $at):25" -Records $records
    }
}

function New-IntraLog {
    # From EX01 to EX02, or to another host, with what its greeting offers.
    param([string] $Offered, [string] $Peer = 'ex02.contoso.com')
    Write-Header Send
    $records = @(
        , @('*', '', 'attempting to connect')
        , @('+', '', '')
        , @('<', "220 $Peer Microsoft ESMTP MAIL Service ready at Tue, 10 Mar 2026 08:00:00 +0000", '')
        , @('>', 'EHLO ex01.contoso.com', '')
        , @('<', $Offered.Replace('250-', '250  '), '')
        , @('>', 'QUIT', '')
        , @('<', '221 2.0.0 Service closing transmission channel', '')
        , @('-', '', 'Local')
    )
    $records[4..4] | Out-Null
    $records = $records[0..4] + , @('*', '', '451 5.7.3 Cannot achieve Exchange Server authentication') + $records[5..7]
    Write-Session -Connector 'Intra-Organization SMTP Send Connector' -Id 0x08DE7E0000009000 -Minute 3 -Local '10.0.0.1:20001' -Remote '10.0.0.2:25' -Records $records
}

function New-ReceiveLog {
    param([string] $Server, $Certificate, [string] $TlsError)
    Write-Header Receive
    $records = @(
        , @('+', '', '')
        , @('*', 'SMTPSubmit SMTPAcceptAnyRecipient', 'Set Session Permissions')
        , @('>', "220 $Server.contoso.com Microsoft ESMTP MAIL Service ready at Tue, 10 Mar 2026 08:00:00 +0000", '')
        , @('<', 'EHLO mail-wr1-f44.google.com', '')
        , @('>', "250  $Server.contoso.com Hello [198.51.100.44] SIZE 37748736 PIPELINING DSN ENHANCEDSTATUSCODES STARTTLS X-ANONYMOUSTLS AUTH NTLM X-EXPS GSSAPI NTLM 8BITMIME BINARYMIME CHUNKING", '')
        , @('<', 'STARTTLS', '')
        , @('>', '220 2.0.0 SMTP server ready', '')
        Get-SentRecords -Certificate $Certificate -Shape 2016
        , @('*', '', "TLS negotiation failed with error $TlsError")
        , @('-', '', 'Local')
    )
    foreach ($at in 0..2) {
        Write-Session -Connector "$Server\Default Frontend $Server" -Id (0x08DE7E000000A000 + $at) -Minute (7 * $at) -Local '10.0.0.1:25' -Remote "198.51.100.44:$(40000 + $at)" -Records $records
    }
}
