# What Test-ExchangeTlsCert is given: objects, thumbprints and files, gathered
# until all are there. What an object does not tell is not known, never no.
#
# Everything is written through the calling cmdlet, as in Log.psm1.
Set-StrictMode -Version Latest

Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Log.psm1') -Function ConvertTo-SafeText, Resolve-LogPath, Write-LogError

function New-CertificateRequest {
    <#
    .SYNOPSIS
    Begins to gather: what stands on the command line.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Changes nothing.')]
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Bound
    )
    $request = @{
        Objects     = New-Object -TypeName 'System.Collections.Generic.List[ExchangeTls.CertificateObject]'
        Paths       = New-Object -TypeName 'System.Collections.Generic.List[string]'
        Thumbprints = New-Object -TypeName 'System.Collections.Generic.List[string]'
        # Whether certificates were given at all, though they may have been refused.
        HasInput    = $Bound.ContainsKey('Certificate') -or $Bound.ContainsKey('Path') -or $Bound.ContainsKey('LiteralPath')
        # How long a path may give no answer.
        TimeoutSeconds = $Bound['TimeoutSeconds']
        # Whether only those with a certain thumbprint are wanted, though it may be none.
        IsFiltered  = $false
    }
    # The bytes of one certificate would be taken for many objects.
    $objects = $Bound['Certificate']
    if ($objects -and $objects[0] -is [byte]) { $objects = @(, [byte[]] $objects) }
    foreach ($one in $objects) { Add-CertificateInput -Cmdlet $Cmdlet -To $request -InputItem $one -Name '-Certificate' }
    foreach ($path in $Bound['Path']) { Add-CertificatePath -Cmdlet $Cmdlet -To $request -Path $path }
    foreach ($path in $Bound['LiteralPath']) { Add-CertificatePath -Cmdlet $Cmdlet -To $request -Path $path -Literal }
    foreach ($one in $Bound['Thumbprint']) { Add-Thumbprint -Cmdlet $Cmdlet -To $request -Thumbprint $one }
    $request
}

function Add-CertificateInput {
    <#
    .SYNOPSIS
    Adds what one object stands for: a certificate, the thumbprint of one, or a file.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $To,
        [AllowNull()] [object] $InputItem,
        # What the script block of -Thumbprint made of the object, if there is one.
        [AllowNull()] [string[]] $Thumbprint,
        [string] $Name = 'pipeline'
    )
    if ($null -eq $InputItem) { return }
    if ($InputItem -is [string]) {
        if ($InputItem -match '^[^\w\\/]*([0-9A-Fa-f]{2}[^\w\\/]*){20}$') { return Add-Thumbprint -Cmdlet $Cmdlet -To $To -Thumbprint $InputItem }
        return Add-CertificatePath -Cmdlet $Cmdlet -To $To -Path $InputItem
    }
    $object = ConvertTo-CertificateObject -InputItem $InputItem -Name $Name
    if ($object) {
        $To.Objects.Add($object)
        $To.HasInput = $true
        return
    }
    # A failure or session: the certificate that this side sent. It may have sent none.
    $sent = $InputItem.PSObject.Properties['Certificate']
    if ($sent) {
        $To.IsFiltered = $true
        # Text where serialization was cut short.
        $Thumbprint = if ("$($sent.Value)" -match '\bThumbprint: ([0-9A-Fa-f]{40})\b') { $Matches[1] } else { Get-Fact -InputItem $sent.Value -Name 'Thumbprint' }
        if (-not $Thumbprint) { return $Cmdlet.WriteVerbose((ConvertTo-SafeText -Text "Left out, because it names no certificate: $InputItem")) }
    }
    elseif ($file = Get-Fact -InputItem $InputItem -Name 'FullName') {
        return Add-CertificatePath -Cmdlet $Cmdlet -To $To -Path $file -Literal
    }
    elseif (-not $Thumbprint) { $Thumbprint = Get-Fact -InputItem $InputItem -Name 'Thumbprint' }
    if ($Thumbprint) {
        foreach ($one in $Thumbprint) { Add-Thumbprint -Cmdlet $Cmdlet -To $To -Thumbprint $one }
        return
    }
    $message = "An object of the type $($InputItem.PSObject.TypeNames[0]) is no certificate and names none; expected RawData, Thumbprint, FullName or a failure's Certificate."
    Write-LogError -Cmdlet $Cmdlet -Id 'NotACertificate' -Category 'InvalidData' -Message $message -Target $InputItem
}

function ConvertTo-CertificateObject {
    # The bytes of a certificate, and what is known of it; nothing where an object is no certificate.
    param([Parameter(Mandatory)] [object] $InputItem, [string] $Name)
    $content = if ($InputItem -is [byte[]]) { $InputItem } else { Get-RawData -InputItem $InputItem }
    if ($null -eq $content) { return }
    $facts = @{ Content = $content; Source = Get-ObjectSource -InputItem $InputItem -Name $Name }
    $services = "$(Get-Fact -InputItem $InputItem -Name 'Services')"
    # A number is an enumeration whose names were lost on the way.
    if ($services -notmatch '^\d*$') { $facts.Services = $services }
    $key = Get-Answer -InputItem $InputItem -Name 'HasPrivateKey'
    if ($null -ne $key -and ($key -or (Test-KnowsKey -InputItem $InputItem))) { $facts.HasPrivateKey = $key }
    New-Object -TypeName ExchangeTls.CertificateObject -Property $facts
}

function Get-RawData {
    param([Parameter(Mandatory)] [object] $InputItem)
    $raw = $InputItem.PSObject.Properties['RawData']
    if ($raw -and $null -ne $raw.Value) {
        # Base64, where an object came by way of JSON or CSV.
        $bytes = if ($raw.Value -is [string]) { [System.Text.Encoding]::ASCII.GetBytes($raw.Value) } else { $raw.Value -as [byte[]] }
        if ($bytes) { return , $bytes }
    }
    $serialized = $InputItem.PSObject.Properties['SerializationData']
    if ($serialized -and $serialized.Value -is [byte[]]) {
        $bytes = [ExchangeTls.CertificateTester]::FindSerialized($serialized.Value)
        if ($bytes) { , $bytes }
    }
}

function Test-KnowsKey {
    <#
    .SYNOPSIS
    Whether "no private key" is known, and not just what an X509Certificate2 says that was made of its bytes: from a file, by remoting, by Import-Clixml.
    #>
    param([Parameter(Mandatory)] [object] $InputItem)
    if ($InputItem.GetType().FullName -ne 'System.Security.Cryptography.X509Certificates.X509Certificate2') {
        # Select-Object copies that, too. What came with its services is Exchange's own word.
        return -not (Get-Fact -InputItem $InputItem -Name 'PSComputerName') -or (Get-Fact -InputItem $InputItem -Name 'Services')
    }
    # The Cert: drive marks what it gives with itself, and remoting makes text of the mark.
    (Get-Fact -InputItem $InputItem -Name 'PSProvider' -AsIs) -is [System.Management.Automation.ProviderInfo]
}

function Get-ObjectSource {
    # Where an object was: in a store, on a server, or where it came in.
    param([Parameter(Mandatory)] [object] $InputItem, [string] $Name)
    $path = Get-Fact -InputItem $InputItem -Name 'PSPath'
    if ($path -match '\\Certificate::(.+)$') { return "Cert:\$($Matches[1])" }
    # As Exchange writes it, SERVER\thumbprint.
    $identity = Get-Fact -InputItem $InputItem -Name 'Identity'
    if ($identity) { return $identity }
    $server = Get-Fact -InputItem $InputItem -Name 'PSComputerName'
    if ($server) { return "$server\$(Get-Fact -InputItem $InputItem -Name 'Thumbprint')".TrimEnd('\') }
    $Name
}

function Get-Fact {
    <#
    .SYNOPSIS
    A property as text, or nothing where it is absent or empty. Of what was serialized, ToString gives the text it had; a cast would give the number.
    #>
    param([AllowNull()] [object] $InputItem, [Parameter(Mandatory)] [string] $Name, [switch] $AsIs)
    if ($null -eq $InputItem) { return }
    $property = $InputItem.PSObject.Properties[$Name]
    if (-not $property -or $null -eq $property.Value) { return }
    if ($AsIs) { return $property.Value }
    @(foreach ($one in $property.Value) { if ($null -ne $one) { $one.ToString() } }) -join ', '
}

function Get-Answer {
    <#
    .SYNOPSIS
    A property of yes or no, also where it became text; nothing where it is not known.
    #>
    param([AllowNull()] [object] $InputItem, [Parameter(Mandatory)] [string] $Name)
    switch (Get-Fact -InputItem $InputItem -Name $Name) { 'True' { $true } 'False' { $false } }
}

function Add-CertificatePath {
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $To,
        [Parameter(Mandatory)] [string] $Path,
        [switch] $Literal
    )
    $To.HasInput = $true
    foreach ($found in (Resolve-LogPath -Cmdlet $Cmdlet -Path $Path -Literal:$Literal -TimeoutSeconds $To.TimeoutSeconds)) { $To.Paths.Add($found) }
}

function Add-Thumbprint {
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $To,
        [AllowNull()] [AllowEmptyString()] [string] $Thumbprint
    )
    $To.IsFiltered = $true
    # With blanks, colons, or the invisible mark that the Windows dialog puts before it.
    $digits = ($Thumbprint -replace '[^\w]').ToUpperInvariant()
    if ($digits -cnotmatch '^[0-9A-F]{40}$') {
        $message = "'$Thumbprint' is not a thumbprint; expected 40 hexadecimal digits."
        return Write-LogError -Cmdlet $Cmdlet -Id 'InvalidThumbprint' -Category 'InvalidArgument' -Message $message -Target $Thumbprint
    }
    if (-not $To.Thumbprints.Contains($digits)) { $To.Thumbprints.Add($digits) }
}

Export-ModuleMember -Function New-CertificateRequest, Add-CertificateInput, Get-Fact, Get-Answer, Test-KnowsKey
