# What Get-QueueFailure, Test-ReceiveConnectorAuth and Get-ExchangeTlsDiagnosis
# share: objects of the Exchange shell, live, deserialized or imported, become
# plain ones for the library, which judges them.
#
# Everything is written through the calling cmdlet, as in Log.psm1.
Set-StrictMode -Version Latest

Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Log.psm1') -Function Use-CallerPreference, Write-LogError, Write-Problem
Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Certificate.psm1') -Function Get-Fact, Test-KnowsKey

# The properties that the library looks at. Others stay here: a connector has
# seventy, and each costs time. A test compares the answers with those that the
# library gives when it reads the same exports by itself, with all they hold.
$script:Properties = @(
    'Identity', 'Name', 'Server', 'PSComputerName', 'Enabled', 'Fqdn', 'Guid', 'TransportRole'
    # Queues
    'NextHopDomain', 'NextHopConnector', 'DeliveryType', 'Status', 'MessageCount', 'LastError', 'LastRetryTime', 'QueueIdentity'
    # Connectors
    'AddressSpaces', 'SmartHosts', 'SmartHostsString', 'DNSRoutingEnabled', 'SourceTransportServers', 'RequireTLS', 'TlsAuthLevel'
    'TlsDomain', 'TlsCertificateName', 'ProtocolLoggingLevel', 'AuthMechanism', 'PermissionGroups', 'Bindings', 'RemoteIPRanges'
    'SuppressXAnonymousTls', 'DomainSecureEnabled'
    # Certificates
    'RawData', 'HasPrivateKey', 'Services', 'Thumbprint', 'PSPath', 'PSParentPath'
    # Servers
    'ServerRole', 'Site', 'IsEdgeServer', 'IsHubTransportServer', 'IsMailboxServer', 'IsFrontendTransportServer', 'IsClientAccessServer'
    'AdminDisplayVersion', 'InternalTransportCertificateThumbprint', 'SendProtocolLogPath', 'ReceiveProtocolLogPath'
    'IntraOrgConnectorProtocolLoggingLevel', 'NetworkAddress', 'ExternalIPAddress', 'InternalIPAddress', 'IPAddress', 'IPAddresses', 'Addresses'
)

function ConvertTo-PlainObject {
    <#
    .SYNOPSIS
    What the library needs to know of an object. What it does not have is left out, never filled in.
    #>
    param(
        [Parameter(Mandatory)] [object] $InputItem,
        # The computer, where the object is of this one and does not say so.
        [string] $Computer,
        # Every property, not only those of evidence.
        [switch] $All
    )
    $plain = New-Object -TypeName ExchangeTls.PlainObject
    # What someone put together by hand: @{ LastError = '...' }.
    if ($InputItem -is [System.Collections.IDictionary]) {
        $named = @{}
        foreach ($key in $InputItem.Keys) { if ("$key") { $named["$key"] = $InputItem[$key] } }
        $InputItem = New-Object -TypeName PSObject -Property $named
    }
    $isBag = $InputItem -is [System.Management.Automation.PSCustomObject]
    $plain.TypeNames = [string[]] @($InputItem.PSObject.TypeNames)
    # The text of a property bag is its properties once more.
    if (-not $isBag -or $InputItem.PSObject.TypeNames[0] -like 'Deserialized.*') { $plain.Display = $InputItem.ToString() }
    $names = if ($All) { @($InputItem.PSObject.Properties | ForEach-Object { $_.Name }) } else { $script:Properties }
    foreach ($name in $names) {
        $property = $InputItem.PSObject.Properties[$name]
        if (-not $property) { continue }
        if (-not $All -and $name -eq 'HasPrivateKey' -and -not $property.Value -and -not (Test-KnowsKey -InputItem $InputItem)) { continue }
        $value = $property.Value
        if ($value -is [byte[]]) { $plain.AddBytes($name, $value) }
        else { $plain.AddTexts($name, [string[]] @(ConvertTo-PlainText -Value $value)) }
    }
    # Not as PSComputerName: that would say that it came over remoting.
    $isNamed = 'Server', 'PSComputerName' | Where-Object { $InputItem.PSObject.Properties[$_] }
    if ($Computer -and -not $isNamed) { $plain.AddTexts('Server', [string[]] @($Computer)) }
    $plain
}

function ConvertTo-PlainText {
    # Texts that mean the same everywhere: times in UTC, the rest as the object writes itself.
    # Lists in lists end somewhere, and nothing that is needed lies deeper.
    param([AllowNull()] [object] $Value, [int] $Depth = 4)
    foreach ($one in $Value) {
        if ($null -eq $one) { continue }
        # A time without a kind is local, as everywhere in PowerShell.
        if ($one -is [datetime]) { $one.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [cultureinfo]::InvariantCulture) }
        elseif ($one -is [System.Collections.IDictionary] -or $one -is [System.Management.Automation.PSCustomObject]) { ConvertTo-TellingText -InputItem $one -Depth $Depth }
        elseif ($one -is [System.Collections.IList] -and $Depth -gt 0) { ConvertTo-PlainText -Value $one -Depth ($Depth - 1) }
        else { $one.ToString() }
    }
}

function ConvertTo-TellingText {
    # The text of a property bag, which the shell deserializes every object to: its own,
    # else that of an endpoint, else the property that says what it is. As src/object/ does it.
    param([Parameter(Mandatory)] [object] $InputItem, [int] $Depth)
    $isDictionary = $InputItem -is [System.Collections.IDictionary]
    if (-not $isDictionary) {
        $own = $InputItem.ToString()
        # @{Address=::; Port=25} are the properties once more.
        if ($own -and -not $own.StartsWith('@{')) { return $own }
    }
    $texts = @{}
    foreach ($name in 'Address', 'Port', 'Name', 'Domain', 'Value', 'IPAddressToString') {
        $value = if ($isDictionary) { $InputItem[$name] }
        else {
            $property = $InputItem.PSObject.Properties[$name]
            if ($property) { $property.Value }
        }
        if ($Depth -le 0 -or $null -eq $value) { continue }
        $found = @(ConvertTo-PlainText -Value $value -Depth ($Depth - 1))
        if ($found.Count -eq 1 -and $found[0]) { $texts[$name] = $found[0] }
    }
    if ($texts.ContainsKey('Port')) {
        if (-not $texts.ContainsKey('Address')) { return }
        $address = if ($texts.Address.Contains(':')) { "[$($texts.Address)]" } else { $texts.Address }
        return "${address}:$($texts.Port)"
    }
    foreach ($name in 'Name', 'Domain', 'Value', 'IPAddressToString') {
        if ($texts.ContainsKey($name)) { return $texts[$name] }
    }
}

function Add-Evidence {
    <#
    .SYNOPSIS
    Adds an object; an error of the cmdlet where it tells nothing.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.EvidenceReader] $Reader,
        [AllowNull()] [object] $InputItem,
        [string] $Computer
    )
    if ($null -eq $InputItem) { return }
    $plain = if ($InputItem -is [ExchangeTls.PlainObject]) { $InputItem } else { ConvertTo-PlainObject -InputItem $InputItem -Computer $Computer }
    $why = $Reader.Add($plain)
    if ($why) {
        Write-LogError -Cmdlet $Cmdlet -Id 'NotEvidence' -Category 'InvalidData' -Message "$($why.TrimEnd('.'))." -Target $InputItem
    }
}

function ConvertFrom-LastError {
    <#
    .SYNOPSIS
    The bare text of a LastError as the queue it is of.
    #>
    param([Parameter(Mandatory)] [AllowEmptyString()] [string] $Text)
    $plain = New-Object -TypeName ExchangeTls.PlainObject
    $plain.AddTexts('LastError', [string[]] @($Text))
    $plain
}

function Write-Answer {
    <#
    .SYNOPSIS
    Gives the answers; what could not be read becomes an error or a warning of the cmdlet.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.EvidenceReader] $Reader
    )
    foreach ($answer in $Reader.ReadAnswers()) {
        if ($answer -is [ExchangeTls.Problem]) { Write-Problem -Cmdlet $Cmdlet -Problem $answer }
        else { $answer }
    }
}

function Read-Answer {
    <#
    .SYNOPSIS
    The answers that objects alone lead to.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.AnswerKind] $Wanted,
        [AllowEmptyCollection()] [object[]] $InputItem
    )
    $reader = New-Object -TypeName ExchangeTls.EvidenceReader -ArgumentList $Wanted, $null, $null
    try {
        foreach ($one in $InputItem) { Add-Evidence -Cmdlet $Cmdlet -Reader $reader -InputItem $one }
        Write-Answer -Cmdlet $Cmdlet -Reader $reader
    }
    finally { $reader.Dispose() }
}

Export-ModuleMember -Function ConvertTo-PlainObject, ConvertFrom-LastError, Add-Evidence, Read-Answer, Write-Answer
