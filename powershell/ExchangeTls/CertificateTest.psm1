# Behind Test-ExchangeTlsCert: one test of everything that was gathered. PowerShell
# reads files, stores and connectors; the native library judges.
#
# Everything is written through the calling cmdlet, as in Log.psm1.
Set-StrictMode -Version Latest

Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Log.psm1') -Function ConvertTo-SafeText, Resolve-LogPath, Write-LogError, Write-Problem, Use-CallerPreference
Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Certificate.psm1') -Function Get-Fact, Get-Answer

function Invoke-CertificateTest {
    <#
    .SYNOPSIS
    Tests everything that was gathered at once: duplicates and the choice of a connector are judged over all of it.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Bound,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Request,
        [Parameter(Mandatory)] [int] $ExpiryWarningDays
    )
    # Without any certificate those of the machine; but not where a pipeline was just empty.
    $stores = @($Bound['Store'] | Where-Object { $_ })
    $isAsked = $Request.Thumbprints.Count -gt 0 -or -not ($Cmdlet.MyInvocation.ExpectingInput -or $Request.IsFiltered)
    if ($stores.Count -eq 0 -and -not $Request.HasInput -and $isAsked) { $stores = @(Get-DefaultStore) }
    $options = New-Object -TypeName ExchangeTls.CertificateTestOptions -Property @{
        Fqdn               = $Bound['Fqdn']
        TlsCertificateName = $Bound['TlsCertificateName']
        At                 = $Bound['At']
        ExpiryWarningDays  = $ExpiryWarningDays
        TimeoutSeconds     = $Bound['TimeoutSeconds']
    }
    $tester = $null
    try {
        $tester = New-Object -TypeName ExchangeTls.CertificateTester -ArgumentList $options
        foreach ($object in $Request.Objects) { $tester.Add($object, 'Tested') }
        Add-TesterPath -Tester $tester -Path $Request.Paths -Role 'Tested'
        foreach ($store in $stores) { Add-TesterStore -Cmdlet $Cmdlet -Tester $tester -Store $store -Role 'Tested' }
        if ($tester.Count('Tested') -eq 0) {
            foreach ($problem in $tester.ReadResults()) { Write-TestProblem -Cmdlet $Cmdlet -Problem $problem }
            return Write-NotFound -Cmdlet $Cmdlet -Request $Request -Store $stores
        }
        Add-Authority -Cmdlet $Cmdlet -Bound $Bound -Tester $tester
        foreach ($connector in $Bound['SendConnector']) { Add-Connector -Cmdlet $Cmdlet -Tester $tester -Connector $connector }
        $results = $tester.ReadResults()
        $found = New-Object -TypeName 'System.Collections.Generic.HashSet[string]'
        foreach ($result in $results) {
            if ($result -is [ExchangeTls.Problem]) { Write-TestProblem -Cmdlet $Cmdlet -Problem $result }
            elseif (-not $Request.IsFiltered) { $result }
            elseif ($result.Thumbprint -and $Request.Thumbprints.Contains($result.Thumbprint)) {
                [void] $found.Add($result.Thumbprint)
                $result
            }
        }
        Write-NotFound -Cmdlet $Cmdlet -Request $Request -Store $stores -Found $found
    }
    catch [ExchangeTls.LibraryException] {
        $because = $_.Exception.GetBaseException()
        $kind = if ($because.Status -eq -1) { 'InvalidArgument' } else { 'InternalError' }
        $category = if ($because.Status -eq -1) { 'InvalidArgument' } else { 'NotSpecified' }
        Write-LogError -Cmdlet $Cmdlet -Id $kind -Category $category -Message $because.Message -Terminating
    }
    finally {
        if ($tester) { $tester.Dispose() }
    }
}

function Add-Authority {
    # Intermediates, roots and revocation lists: those that were named, else the machine's.
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Bound,
        [Parameter(Mandatory)] [ExchangeTls.CertificateTester] $Tester
    )
    # Windows knows the store of intermediates by this name only.
    foreach ($part in @{ Role = 'Intermediate'; Store = 'CA' }, @{ Role = 'Root'; Store = 'Root' }, @{ Role = 'Crl'; Store = '' }) {
        if ($Bound.ContainsKey($part.Role)) {
            foreach ($place in $Bound[$part.Role]) {
                if ($place -match '^(cert:|[\w.\\]*certificate::)') { Add-TesterStore -Cmdlet $Cmdlet -Tester $Tester -Store $place -Role $part.Role }
                else {
                    $paths = @(Resolve-LogPath -Cmdlet $Cmdlet -Path $place -TimeoutSeconds $Bound['TimeoutSeconds'])
                    Add-TesterPath -Tester $Tester -Path $paths -Role $part.Role
                }
            }
        }
        elseif ($part.Store) {
            foreach ($location in 'LocalMachine', 'CurrentUser') {
                $why = $Tester.AddStore($location, $part.Store, $part.Role)
                if ($why) { $Cmdlet.WriteVerbose("Cert:\$location\$($part.Store): $why") }
            }
        }
    }
    $Cmdlet.WriteVerbose("Tested against $($Tester.Count('Root')) roots, $($Tester.Count('Intermediate')) intermediates and $($Tester.Count('Crl')) files of revocation lists.")
    if (-not $Bound.ContainsKey('Root') -and $Tester.Count('Root') -eq 0) {
        Use-CallerPreference -Cmdlet $Cmdlet
        $Cmdlet.WriteWarning('This machine has no trusted roots: no chain can be whole. Give them with -Root.')
    }
}

function Add-Connector {
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.CertificateTester] $Tester,
        [AllowNull()] [object] $Connector
    )
    if ($null -eq $Connector) { return }
    $has = $Connector.PSObject.Properties
    $isConnector = $Connector.PSObject.TypeNames -match 'SendConnector' -or $has['TlsCertificateName'] -or $has['RequireTLS'] -or $has['SmartHosts'] -or $has['DNSRoutingEnabled']
    if ($Connector -is [string] -or -not $isConnector) {
        $message = "'$Connector' is not a send connector; expected an object of Get-SendConnector, live or from Import-Clixml."
        return Write-LogError -Cmdlet $Cmdlet -Id 'NotASendConnector' -Category 'InvalidArgument' -Message $message -Target $Connector
    }
    $name = @(foreach ($one in 'Identity', 'Name') { Get-Fact -InputItem $Connector -Name $one })
    $hosts = if ($has['SmartHosts']) { Get-Fact -InputItem $Connector -Name 'SmartHosts' } else { Get-Fact -InputItem $Connector -Name 'SmartHostsString' }
    $facts = @{
        Name         = "$($name | Select-Object -First 1)"
        Fqdn         = Get-Fact -InputItem $Connector -Name 'Fqdn'
        TlsAuthLevel = Get-Fact -InputItem $Connector -Name 'TlsAuthLevel'
        TlsDomain    = Get-Fact -InputItem $Connector -Name 'TlsDomain'
        SmartHosts   = [string[]] @("$hosts" -split '[,;\s]+' | Where-Object { $_ })
        RequireTls   = Get-Answer -InputItem $Connector -Name 'RequireTLS'
        DnsRouting   = Get-Answer -InputItem $Connector -Name 'DNSRoutingEnabled'
    }
    # Empty means that it names none; without the property nobody knows.
    if ($has['TlsCertificateName']) { $facts.TlsCertificateName = "$(Get-Fact -InputItem $Connector -Name 'TlsCertificateName')" }
    $Tester.AddConnector((New-Object -TypeName ExchangeTls.SendConnector -Property $facts))
}

function Get-DefaultStore {
    if ([Environment]::OSVersion.Platform -eq 'Win32NT') { 'Cert:\LocalMachine\My' } else { 'Cert:\CurrentUser\My' }
}

function Add-TesterStore {
    # A store as the Cert: drive or X509Store names it: Cert:\LocalMachine\My, LocalMachine\My, My.
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.CertificateTester] $Tester,
        [Parameter(Mandatory)] [string] $Store,
        [Parameter(Mandatory)] [ExchangeTls.CertificateRole] $Role
    )
    $place = $Store -replace '^(cert:|[\w.\\]*certificate::)[\\/]*'
    $location, $name = if ($place -match '[\\/]') { $place.TrimEnd('\', '/') -split '[\\/]', 2 } else { ((Get-DefaultStore) -split '\\')[1], $place }
    $why = if ($location -notin 'LocalMachine', 'CurrentUser' -or -not $name) { 'expected the form Cert:\LocalMachine\My' }
    else { $Tester.AddStore($location, $name, $Role) }
    if ($why) {
        $message = "The store '$Store' cannot be read: $($why.TrimEnd('.')). Certificates in files are tested with -Path."
        Write-LogError -Cmdlet $Cmdlet -Id 'StoreNotFound' -Category 'ObjectNotFound' -Message $message -Target $Store
    }
    elseif ($Role -eq 'Tested' -and $Tester.Count($Role) -eq 0) {
        Use-CallerPreference -Cmdlet $Cmdlet
        $Cmdlet.WriteWarning((ConvertTo-SafeText -Text "The store '$Store' holds no certificate."))
    }
}

function Add-TesterPath {
    <#
    .SYNOPSIS
    Adds files, and what certificate files folders hold.
    #>
    param(
        [Parameter(Mandatory)] [ExchangeTls.CertificateTester] $Tester,
        [Parameter(Mandatory)] [AllowEmptyCollection()] [string[]] $Path,
        [Parameter(Mandatory)] [ExchangeTls.CertificateRole] $Role
    )
    if ($Path.Count -eq 0) { return }
    $Tester.BeginPaths($Path, $Role)
    # Ctrl+C is heard between two calls.
    while (-not $Tester.Wait(100)) { continue }
}

function Write-TestProblem {
    # What was left out of a file is an error. The stores of a machine often hold
    # something odd that is of no consequence to anyone's certificate.
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.Problem] $Problem
    )
    if ("$($Problem.Path)" -like 'Cert:\*') { $Cmdlet.WriteVerbose("$($Problem.Path): $($Problem.Text)") }
    else { Write-Problem -Cmdlet $Cmdlet -Problem $Problem }
}

function Write-NotFound {
    # The thumbprints that none of the certificates has.
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Request,
        [AllowEmptyCollection()] [string[]] $Store,
        [System.Collections.Generic.HashSet[string]] $Found
    )
    $places = @($Store) + @($Request.Paths) + @($Request.Objects | ForEach-Object { $_.Source }) | Where-Object { $_ } | Select-Object -Unique -First 5
    foreach ($thumbprint in $Request.Thumbprints) {
        if ($Found -and $Found.Contains($thumbprint)) { continue }
        $message = "No certificate with the thumbprint $thumbprint was found in $($places -join ', ')."
        Write-LogError -Cmdlet $Cmdlet -Id 'ThumbprintNotFound' -Category 'ObjectNotFound' -Message $message -Target $thumbprint
    }
}

Export-ModuleMember -Function Invoke-CertificateTest, Add-TesterPath
