# Writes the exports of the scenarios as an Exchange Management Shell would have
# given them: objects that came over remoting, through the real Export-Clixml.
#
#   pwsh tests/data/scenarios/make.ps1            all of them
#   pwsh tests/data/scenarios/make.ps1 NAME ...   these
#
# Certificates are real, and new in every run; the keys are thrown away. What is
# expected of a scenario stands in its expected.json and names certificates by
# the names given here: `{good}` is the thumbprint of the one called good.
param([string[]] $Name)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
. $PSScriptRoot/parts.ps1

$Ca = New-Issuer -Subject 'CN=Contoso Test Root CA, O=Contoso Test, C=US'
$Sub = New-Issuer -Subject 'CN=Contoso Test Issuing CA, O=Contoso Test, C=US' -Issuer $Ca
$Office = @{ Name = 'Outbound to Office 365'; SmartHosts = 'contoso-com.mail.protection.outlook.com'; RequireTLS = $true; CloudServicesMailEnabled = $true }
$Hop = 'contoso-com.mail.protection.outlook.com'
$TimedOut = '451 4.4.0 Primary target IP address responded with: "421 4.4.1 Connection timed out." Attempted failover to alternate host, but that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts.'
$Unable = '451 4.4.0 Primary target IP address responded with: "421 4.2.1 Unable to connect." Attempted failover to alternate host, but that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts.'
$NoAuth = '451 4.4.0 Primary target IP address responded with: "451 5.7.3 Cannot achieve Exchange Server authentication." Attempted failover to alternate host, but that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts.'
$Web = 'CN=webmail.contoso.com, OU=IT, O=Contoso, L=Cincinnati, S=Ohio, C=US'
$Servers = @((New-Server EX01), (New-Server EX02))

$Scenarios = [ordered] @{
    'kb-4051498'            = {
        $good = New-Leaf -Subject 'CN=*.contoso.com, OU=Contoso IT, O=Contoso Corporation' -Issuer $Sub
        Save -Certificates @{ used = $good } @{
            'queues'            = New-Queue -Identity 'EX01\17' -To $Hop -LastError $TimedOut -Messages 212
            'send-connectors'   = New-SendConnector @Office -Tls $good -Source EX01
            'certificates'      = New-Listed $good -Server EX01 -Services 'IIS'
            'EX01-stores'       = @(New-Stored $good -Server EX01 -Key; New-StoredIssuers -Server EX01)
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $good -TlsError UnknownCredentials -Shape 2013 -Sessions 3 }
    }
    'kb-4495258'            = {
        $keyless = New-Leaf -Subject $Web -Issuer $Sub
        Save -Certificates @{ keyless = $keyless } @{
            'queues'            = New-Queue -Identity 'EX01\5' -To $Hop -LastError $TimedOut -Messages 40
            'send-connectors'   = New-SendConnector @Office -Tls $keyless -Source EX01
            'certificates'      = New-Listed (New-SelfSigned EX01) -Server EX01 -Services 'IIS, SMTP'
            'EX01-stores'       = @(New-Stored $keyless -Server EX01; New-StoredIssuers -Server EX01)
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $keyless -TlsError NoCredentials -Shape 2013 -Sessions 2 }
    }
    'duplicate-certificate' = {
        # The thumbprint in the log is in no list of Exchange: the duplicate stands in the store only.
        $key, $cut = New-Twins -Subject $Web -Issuer $Sub
        Save -Certificates @{ good = $key; keyless = $cut } @{
            'queues'            = New-Queue -Identity 'EX01\9' -To $Hop -LastError $Unable -Messages 128
            'send-connectors'   = New-SendConnector @Office -Tls $key -Source EX01, EX02
            'certificates'      = @(New-Listed $key -Server EX01 -Services 'IIS, SMTP'; New-Listed $key -Server EX02 -Services 'IIS, SMTP')
            'EX01-stores'       = @(New-Stored $key -Server EX01 -Key; New-Stored $cut -Server EX01; New-StoredIssuers -Server EX01)
        } @{
            'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $cut -TlsError NoCredentials -Shape 2013 -Sessions 4
            'EX02/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $key -Sessions 3 -Shape 2013 -SessionBase 0x7000
        }
    }
    'duplicate-not-listed'  = {
        # The same, but only Exchange's own list was collected, as the author of the article first did.
        $key, $cut = New-Twins -Subject $Web -Issuer $Sub
        Save -Certificates @{ good = $key; keyless = $cut } @{
            'queues'            = New-Queue -Identity 'EX01\9' -To $Hop -LastError $Unable -Messages 128
            'send-connectors'   = New-SendConnector @Office -Tls $key -Source EX01
            'certificates'      = New-Listed $key -Server EX01 -Services 'IIS, SMTP'
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $cut -TlsError NoCredentials -Shape 2016 -Sessions 4 }
    }
    'kb-979175'             = {
        Save @{
            'queues'             = New-Queue -Identity 'EX01\3' -To 'ex02' -Type SmtpRelayToRemoteAdSite -LastError $NoAuth -Messages 31
            'servers'            = $Servers
            'receive-connectors' = @(
                New-ReceiveConnector -Server EX01 -Default
                New-ReceiveConnector -Server EX02 -Name 'Default EX02' -Auth 'Tls, Integrated, BasicAuth, BasicAuthRequireTLS'
            )
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-IntraLog -Offered '250-ex02.contoso.com Hello [10.0.0.1] SIZE 37748736 PIPELINING DSN ENHANCEDSTATUSCODES STARTTLS AUTH NTLM 8BITMIME BINARYMIME CHUNKING' }
    }
    'kb-979175-relay'       = {
        # The classic: a relay connector whose addresses swallow another Exchange server.
        Save @{
            'queues'             = New-Queue -Identity 'EX01\3' -To 'ex02' -Type SmtpRelayToRemoteAdSite -LastError $NoAuth -Messages 7
            'servers'            = $Servers
            'receive-connectors' = @(
                New-ReceiveConnector -Server EX01 -Default
                New-ReceiveConnector -Server EX02 -Default
                New-ReceiveConnector -Server EX02 -Name 'Anonymous Relay' -Auth 'Tls' -Groups 'AnonymousUsers' -Ranges '10.0.0.0/24'
            )
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-IntraLog -Offered '250-ex02.contoso.com Hello [10.0.0.1] SIZE 37748736 PIPELINING DSN ENHANCEDSTATUSCODES STARTTLS 8BITMIME BINARYMIME CHUNKING' }
    }
    'stripped-verbs'        = {
        Save @{
            'queues'             = New-Queue -Identity 'EX01\3' -To 'ex02' -Type SmtpRelayToRemoteAdSite -LastError $NoAuth -Messages 12
            'servers'            = $Servers
            'receive-connectors' = @(New-ReceiveConnector -Server EX01 -Default; New-ReceiveConnector -Server EX02 -Default)
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-IntraLog -Offered '250-ex02.contoso.com Hello [10.0.0.1] SIZE 37748736 PIPELINING XXXXXXXA 8BITMIME' }
    }
    'no-exchange-server'    = {
        # Mail meant for another Exchange server lands on a host that is none.
        Save @{
            'queues'             = New-Queue -Identity 'EX01\3' -To 'ex02' -Type SmtpRelayToRemoteAdSite -LastError $NoAuth -Messages 5
            'servers'            = $Servers
            'receive-connectors' = @(New-ReceiveConnector -Server EX01 -Default; New-ReceiveConnector -Server EX02 -Default)
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-IntraLog -Peer 'filter.contoso.net' -Offered '250-filter.contoso.net SIZE 37748736 PIPELINING STARTTLS 8BITMIME' }
    }
    'missing-intermediate'  = {
        # "No duplicates, but 450 4.4.317 Cannot connect to remote server [Message=UntrustedRoot]": Exchange Online's word.
        $leaf = New-Leaf -Subject 'CN=*.contoso.com' -Issuer $Sub
        Save -Certificates @{ used = $leaf } @{
            'ndr'               = New-Queue -To 'contoso.com' -LastError '450 4.4.317 Cannot connect to remote server [Message=UntrustedRoot] [LastAttemptedServerName=mail.contoso.com] [LastAttemptedIP=203.0.113.10:25] [SmtpSecurity=-1;-1]'
            'certificates'      = @(New-Listed $leaf -Server EX01 -Services 'IIS, SMTP'; New-Listed (New-SelfSigned EX01) -Server EX01 -Services 'SMTP')
            'EX01-stores'       = @(New-Stored $leaf -Server EX01 -Key; New-StoredIssuers -Server EX01 -WithoutIntermediate)
        } @{}
    }
    'peer-untrusted'        = {
        # "Outbound TLS authentication failed for auth level DomainValidation with error UntrustedRoot": here the peer's certificate.
        $leaf = New-Leaf -Subject 'CN=*.contoso.com' -Issuer $Sub
        Save -Certificates @{ used = $leaf } @{
            'queues'            = New-Queue -Identity 'EX01\11' -To $Hop -LastError '454 4.7.5 Certificate validation failure, Reason:UntrustedRoot' -Messages 66
            'send-connectors'   = New-SendConnector @Office -Tls $leaf -Source EX01 -AuthLevel DomainValidation -TlsDomain 'mail.protection.outlook.com'
            'certificates'      = New-Listed $leaf -Server EX01 -Services 'IIS, SMTP'
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $leaf -AuthError 'Outbound TLS authentication failed for auth level DomainValidation with error UntrustedRoot' -Shape 2013 -Sessions 2 }
    }
    'inbound-duplicate'     = {
        # "NDR from Gmail: TLS Negotiation failed": the duplicate met by those who send to us.
        $key, $cut = New-Twins -Subject 'CN=mail.contoso.com, O=Contoso, C=US' -Issuer $Sub
        Save -Certificates @{ good = $key; keyless = $cut } @{
            'certificates'       = New-Listed $key -Server EX01 -Services 'IIS, SMTP'
            'EX01-stores'        = @(New-Stored $key -Server EX01 -Key; New-Stored $cut -Server EX01; New-StoredIssuers -Server EX01)
            'receive-connectors' = New-ReceiveConnector -Server EX01 -Default -Tls $key
        } @{ 'EX01/SmtpReceive/RECV20260310-1.LOG' = New-ReceiveLog -Server EX01 -Certificate $cut -TlsError NoCredentials }
    }
    'revoked-twin'          = {
        # "An older revoked version and a new one with an additional name."
        $new, $old = New-Twins -Subject $Web -Issuer $Sub -OldIsOlder
        Save -Certificates @{ good = $new; revoked = $old } @{
            'queues'            = New-Queue -Identity 'EX01\9' -To $Hop -LastError $Unable -Messages 3
            'send-connectors'   = New-SendConnector @Office -Tls $new -Source EX01
            'certificates'      = @(New-Listed $new -Server EX01 -Services 'IIS, SMTP'; New-Listed $old -Server EX01 -Services 'SMTP')
            'EX01-stores'       = @(New-Stored $new -Server EX01 -Key; New-Stored $old -Server EX01 -Key; New-StoredIssuers -Server EX01)
            'issuing.crl'       = New-Crl -Issuer $Sub -Revoked $old
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $old -Reply '454 4.7.5 Certificate validation failure, Reason:CertificateRevoked' -Shape 2016 -Sessions 2 }
    }
    'expired-twin'          = {
        # "Exactly at the time of expiration mail flow stopped": issuer and subject are the same, and the old one is met first.
        $new, $old = New-Twins -Subject $Web -Issuer $Sub -OldIsExpired
        Save -Certificates @{ good = $new; expired = $old } @{
            'queues'            = New-Queue -Identity 'EX01\9' -To $Hop -LastError $TimedOut -Messages 510
            'send-connectors'   = New-SendConnector @Office -Tls $new -Source EX01
            'certificates'      = @(New-Listed $old -Server EX01 -Services 'IIS, SMTP'; New-Listed $new -Server EX01 -Services 'IIS, SMTP')
            'EX01-stores'       = @(New-Stored $old -Server EX01 -Key; New-Stored $new -Server EX01 -Key; New-StoredIssuers -Server EX01)
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $old -Reply '454 4.7.5 Certificate validation failure, Reason:CertificateExpired' -Shape 2016 -Sessions 6 }
    }
    'one-server-of-two'     = {
        # "Only on one of the Mailbox servers": the other one sends by the same connector and is well.
        $key, $cut = New-Twins -Subject $Web -Issuer $Sub
        Save -Certificates @{ good = $key; keyless = $cut } @{
            'queues'            = @(New-Queue -Identity 'EX02\9' -To $Hop -LastError $TimedOut -Messages 77; New-Queue -Identity 'EX01\4' -To $Hop -Status Ready)
            'send-connectors'   = New-SendConnector @Office -Tls $key -Source EX01, EX02
            'certificates'      = @(New-Listed $key -Server EX01 -Services 'IIS, SMTP'; New-Listed $key -Server EX02 -Services 'IIS, SMTP')
            'EX01-stores'       = @(New-Stored $key -Server EX01 -Key; New-StoredIssuers -Server EX01)
            'EX02-stores'       = @(New-Stored $key -Server EX02 -Key; New-Stored $cut -Server EX02; New-StoredIssuers -Server EX02)
        } @{
            'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $key -Sessions 3 -Shape 2016
            'EX02/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $cut -TlsError NoCredentials -Shape 2016 -Sessions 2 -SessionBase 0x7000
        }
    }
    'renewed-by-another-ca' = {
        $old = New-Leaf -Subject $Web -Issuer $Sub
        $other = New-Issuer -Subject 'CN=Fabrikam Test CA, O=Fabrikam Test, C=US'
        $new = New-Leaf -Subject $Web -Issuer $other
        Save -Certificates @{ good = $new } @{
            'queues'            = New-Queue -Identity 'EX01\9' -To $Hop -LastError '454 4.7.5 The certificate specified in TlsCertificateName of the SendConnector could not be found.' -Messages 19
            'send-connectors'   = New-SendConnector @Office -Tls $old -Source EX01
            'certificates'      = New-Listed $new -Server EX01 -Services 'IIS, SMTP'
        } @{}
    }
    'device-in-front'       = {
        $own = New-Leaf -Subject $Web -Issuer $Sub
        $device = New-Leaf -Subject 'CN=gateway.contoso.com' -Issuer $Sub
        Save -Certificates @{ own = $own; device = $device } @{
            'queues'            = New-Queue -Identity 'EX01\9' -To $Hop -LastError $TimedOut -Messages 8
            'send-connectors'   = New-SendConnector @Office -Source EX01
            'certificates'      = New-Listed $own -Server EX01 -Services 'IIS, SMTP'
            'EX01-stores'       = @(New-Stored $own -Server EX01 -Key; New-StoredIssuers -Server EX01)
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $device -TlsError NoCredentials -Shape 2016 -Sessions 1 }
    }
    'logging-off'           = {
        Save @{
            'queues'          = @(New-Queue -Identity 'EX01\9' -To $Hop -LastError $TimedOut -Messages 20; New-Queue -Identity 'EX01\10' -To 'fabrikam.com' -Type DnsConnectorDelivery -LastError $Unable -Messages 1)
            'send-connectors' = @(New-SendConnector @Office -Source EX01 -Logging None; New-SendConnector -Name 'Internet' -Spaces 'SMTP:*;1' -Source EX01 -Logging None)
        } @{}
    }
    'log-without-session'   = {
        $good = New-Leaf -Subject $Web -Issuer $Sub
        Save -Certificates @{ good = $good } @{
            'queues'          = New-Queue -Identity 'EX01\9' -To 'fabrikam.com' -Type DnsConnectorDelivery -LastError $TimedOut -Messages 2
            'send-connectors' = @(New-SendConnector @Office -Tls $good -Source EX01; New-SendConnector -Name 'Internet' -Spaces 'SMTP:*;1' -Source EX01)
            'certificates'    = New-Listed $good -Server EX01 -Services 'IIS, SMTP'
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $good -Sessions 5 -Shape 2016 }
    }
    'healthy'               = {
        $good = New-Leaf -Subject $Web -Issuer $Sub
        Save -Certificates @{ good = $good } @{
            'queues'             = @(New-Queue -Identity 'EX01\9' -To $Hop -Status Ready; New-Queue -Identity 'EX01\Submission' -To 'Submission' -Type Undefined -Status Ready)
            'servers'            = $Servers
            'send-connectors'    = New-SendConnector @Office -Tls $good -Source EX01
            'receive-connectors' = @(New-ReceiveConnector -Server EX01 -Default; New-ReceiveConnector -Server EX02 -Default)
            'certificates'       = @(New-Listed $good -Server EX01 -Services 'IIS, SMTP'; New-Listed (New-SelfSigned EX01) -Server EX01 -Services 'SMTP')
            'EX01-stores'        = @(New-Stored $good -Server EX01 -Key; New-StoredIssuers -Server EX01)
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $good -Sessions 5 -Shape 2016 }
    }
    'healthy-made-good'     = {
        # Opportunistic TLS that fails, and the message goes without.
        $good = New-Leaf -Subject $Web -Issuer $Sub
        Save -Certificates @{ good = $good } @{
            'queues'          = New-Queue -Identity 'EX01\9' -To 'fabrikam.com' -Type DnsConnectorDelivery -Status Ready
            'send-connectors' = New-SendConnector -Name 'Internet' -Spaces 'SMTP:*;1' -Source EX01
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Connector Internet -Certificate $good -TlsError SocketError -MadeGood -Sessions 2 -Shape 2016 }
    }
    'healthy-duplicates'    = {
        # Two with the same names, both with their keys: a finding of a test, and no reason for mail to hang.
        $key, $other = New-Twins -Subject $Web -Issuer $Sub
        Save -Certificates @{ one = $key; other = $other } @{
            'send-connectors' = New-SendConnector @Office -Tls $key -Source EX01
            'certificates'    = @(New-Listed $key -Server EX01 -Services 'IIS, SMTP'; New-Listed $other -Server EX01 -Services 'IIS, SMTP')
            'EX01-stores'     = @(New-Stored $key -Server EX01 -Key; New-Stored $other -Server EX01 -Key; New-StoredIssuers -Server EX01)
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $key -Sessions 3 -Shape 2016 }
    }
    'healthy-expired-unused' = {
        $good = New-Leaf -Subject $Web -Issuer $Sub
        $null, $old = New-Twins -Subject 'CN=old.contoso.com' -Issuer $Sub -OldIsExpired
        Save -Certificates @{ good = $good; old = $old } @{
            'send-connectors' = New-SendConnector @Office -Tls $good -Source EX01
            'certificates'    = @(New-Listed $good -Server EX01 -Services 'IIS, SMTP'; New-Listed $old -Server EX01 -Services 'None')
            'EX01-stores'     = @(New-Stored $good -Server EX01 -Key; New-Stored $old -Server EX01; New-StoredIssuers -Server EX01)
        } @{ 'EX01/SmtpSend/SEND20260310-1.LOG' = New-SendLog -Certificate $good -Sessions 2 -Shape 2013 }
    }
    'healthy-relay'         = {
        # A relay connector for printers lacks ExchangeServer, and no Exchange server meets it.
        Save @{
            'servers'            = $Servers
            'receive-connectors' = @(
                New-ReceiveConnector -Server EX01 -Default
                New-ReceiveConnector -Server EX01 -Name 'Printers' -Auth 'None' -Groups 'AnonymousUsers' -Ranges '10.9.9.0-10.9.9.255'
                New-ReceiveConnector -Server EX01 -Name 'Client Frontend EX01' -Auth 'Tls, Integrated, BasicAuth, BasicAuthRequireTLS' -Groups 'ExchangeUsers' -Port 587
            )
        } @{}
    }
    'keyless-unseen'        = {
        # Nothing failed yet; the certificate that the connector asks for has no key.
        $cut = New-Leaf -Subject $Web -Issuer $Sub
        Save -Certificates @{ keyless = $cut } @{
            'send-connectors' = New-SendConnector @Office -Tls $cut -Source EX01
            'certificates'    = New-Listed (New-SelfSigned EX01) -Server EX01 -Services 'SMTP'
            'EX01-stores'     = @(New-Stored $cut -Server EX01; New-StoredIssuers -Server EX01)
        } @{}
    }
}

foreach ($scenario in $Scenarios.Keys) {
    if ($Name -and $scenario -notin $Name) { continue }
    $Folder = Join-Path -Path $PSScriptRoot -ChildPath $scenario
    & $Scenarios[$scenario]
}
