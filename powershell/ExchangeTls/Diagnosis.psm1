# What Get-ExchangeTlsDiagnosis gathers: from the Exchange Management Shell and
# this computer's stores, or from what it is given.
Set-StrictMode -Version Latest

$private:here = $PSScriptRoot
Import-Module -Name (Join-Path -Path $here -ChildPath 'Log.psm1') -Function Get-ServerLogFolder, Read-PathKind, Resolve-LogPath, Use-CallerPreference, Write-LogError, Write-ScanProgress, Write-TimeOut
Import-Module -Name (Join-Path -Path $here -ChildPath 'Evidence.psm1') -Function Add-Evidence, Write-Answer
Import-Module -Name (Join-Path -Path $here -ChildPath 'CertificateTest.psm1') -Function Add-TesterPath

# What is asked of the Exchange Management Shell, and for what it is needed.
$script:Commands = @(
    @{ Name = 'Get-TransportService'; For = 'the servers'; Instead = 'Get-TransportServer' }
    @{ Name = 'Get-ExchangeServer'; For = 'the servers' }
    @{ Name = 'Get-SendConnector'; For = 'the send connectors' }
    @{ Name = 'Get-ReceiveConnector'; For = 'the receive connectors' }
    @{ Name = 'Get-Queue'; For = 'the queues'; PerServer = $true }
    @{ Name = 'Get-ExchangeCertificate'; For = 'the certificates'; PerServer = $true }
)

function Add-LiveEvidence {
    <#
    .SYNOPSIS
    Asks the Exchange Management Shell, and the stores of this computer; gives the folders of the protocol logs. What could not be asked is said, with why.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.EvidenceReader] $Reader,
        [AllowNull()] [string[]] $Server,
        [AllowNull()] [object] $TimeoutSeconds
    )
    $here = [Environment]::MachineName
    if (-not $Server) { $Server = @($here) }
    $isFound = $false
    foreach ($asked in $script:Commands) {
        $command = foreach ($name in $asked.Name, $asked['Instead']) { if ($name) { Get-Command -Name $name -ErrorAction Ignore | Select-Object -First 1 } }
        $command = $command | Select-Object -First 1
        if (-not $command) {
            Write-Unread -Cmdlet $Cmdlet -What $asked.For -Why "there is no $($asked.Name) in this session"
            continue
        }
        $isFound = $true
        $targets = @(if ($asked['PerServer']) { $Server } else { '' })
        foreach ($target in $targets) {
            $arguments = if ($target) { @{ Server = $target } } else { @{} }
            try {
                $objects = @(& $command @arguments -ErrorAction Stop)
            }
            catch {
                $whose = if ($target) { " of $target" } else { '' }
                Write-Unread -Cmdlet $Cmdlet -What "$($asked.For)$whose" -Why "$($command.Name): $($_.Exception.Message)"
                continue
            }
            foreach ($object in $objects) { Add-Evidence -Cmdlet $Cmdlet -Reader $Reader -InputItem $object -Computer $target }
        }
    }
    if (-not $isFound) {
        $message = 'This is no Exchange Management Shell: none of its commands is there. Run it there, or give what was collected with -Path.'
        Write-LogError -Cmdlet $Cmdlet -Id 'NoExchangeShell' -Category 'ObjectNotFound' -Message $message -Target $here -Terminating
    }
    if ($Server -contains $here -or @($Server | Where-Object { ($_ -split '\.')[0] -eq $here })) {
        Add-StoreEvidence -Cmdlet $Cmdlet -Reader $Reader -Computer $here
    }
    foreach ($one in $Server) { Get-LogFolderOf -Cmdlet $Cmdlet -Server $one -Computer $here -TimeoutSeconds $TimeoutSeconds }
}

function Add-StoreEvidence {
    # The stores of this computer: certificates without a key stand only there, and the issuers that are sent along.
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.EvidenceReader] $Reader,
        [Parameter(Mandatory)] [string] $Computer
    )
    if (-not (Get-PSDrive -Name Cert -ErrorAction Ignore)) {
        return Write-Unread -Cmdlet $Cmdlet -What 'the certificate stores of this computer' -Why 'there is no drive Cert:'
    }
    foreach ($store in 'My', 'CA', 'Root') {
        try {
            $certificates = @(Get-ChildItem -LiteralPath "Cert:\LocalMachine\$store" -ErrorAction Stop)
        }
        catch {
            Write-Unread -Cmdlet $Cmdlet -What "the certificate store $store" -Why $_.Exception.Message
            continue
        }
        foreach ($certificate in $certificates) { Add-Evidence -Cmdlet $Cmdlet -Reader $Reader -InputItem $certificate -Computer $Computer }
    }
}

function Get-LogFolderOf {
    # The send and receive logs of a server; of another one by its administrative shares.
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [string] $Server,
        [Parameter(Mandatory)] [string] $Computer,
        [AllowNull()] [object] $TimeoutSeconds
    )
    $isHere = ($Server -split '\.')[0] -eq $Computer
    $folders = @(Get-ServerLogFolder -Cmdlet $Cmdlet -LogType 'Send', 'Receive' -Server $Server | Select-Object -Unique)
    $found = $false
    foreach ($folder in $folders) {
        $path = if ($isHere) { $folder } else { $folder -replace '^([A-Za-z]):', "\\$Server\`$1`$" }
        $kind = Read-PathKind -Path $path -TimeoutSeconds $TimeoutSeconds
        # Its other folders are behind the same share.
        if (-not $kind) { return Write-TimeOut -Cmdlet $Cmdlet -Path $path -TimeoutSeconds $TimeoutSeconds }
        if ($kind -eq 'Folder') {
            $found = $true
            $path
        }
    }
    if (-not $found) {
        $looked = if ($folders) { " (looked for $($folders -join ', '))" } else { '' }
        Write-Unread -Cmdlet $Cmdlet -What "the protocol logs of $Server" -Why "their folders were not found$looked"
    }
}

function Write-Unread {
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [string] $What,
        [Parameter(Mandatory)] [string] $Why
    )
    Use-CallerPreference -Cmdlet $Cmdlet
    $Cmdlet.WriteWarning("Not looked at: $What ($($Why.TrimEnd('.'))).")
}

function Add-IssuerEvidence {
    <#
    .SYNOPSIS
    Adds the intermediates, roots and revocation lists that were named.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.EvidenceReader] $Reader,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Bound
    )
    $roles = @('Intermediate', 'Root', 'Crl' | Where-Object { $Bound[$_] })
    if (-not $roles) { return }
    $options = New-Object -TypeName ExchangeTls.CertificateTestOptions -Property @{ TimeoutSeconds = $Bound['TimeoutSeconds'] }
    $tester = New-Object -TypeName ExchangeTls.CertificateTester -ArgumentList $options
    try {
        foreach ($role in $roles) {
            foreach ($path in $Bound[$role]) {
                $found = @(Resolve-LogPath -Cmdlet $Cmdlet -Path $path -TimeoutSeconds $Bound['TimeoutSeconds'])
                Add-TesterPath -Tester $tester -Path $found -Role $role
            }
        }
        $Reader.AddCertificates($tester)
    }
    finally { $tester.Dispose() }
}

function Read-EvidenceLog {
    <#
    .SYNOPSIS
    Scans the logs; their failed sessions become evidence.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.EvidenceReader] $Reader,
        [Parameter(Mandatory)] [string[]] $Path,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Bound
    )
    $options = New-Object -TypeName ExchangeTls.ScanOptions -Property @{ Paths = $Path; Recurse = $true; Since = $Bound['Since']; Until = $Bound['Until']; TimeoutSeconds = $Bound['TimeoutSeconds'] }
    $scan = $null
    $isShown = $false
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    try {
        $scan = New-Object -TypeName ExchangeTls.ScanReader
        $scan.Open($options)
        do {
            $page = $Reader.AddScan($scan, 100)
            if ($watch.ElapsedMilliseconds -ge 1000) {
                $watch.Restart()
                $isShown = $true
                Write-ScanProgress -Cmdlet $Cmdlet -Page $page
            }
        } until ($page.IsLast)
    }
    catch [ExchangeTls.LibraryException] {
        Write-LogError -Cmdlet $Cmdlet -Id 'InvalidArgument' -Category 'InvalidArgument' -Message $_.Exception.GetBaseException().Message -Terminating
    }
    finally {
        if ($scan) { $scan.Dispose() }
        if ($isShown) { Write-ScanProgress -Cmdlet $Cmdlet -Page $page -Completed }
    }
}

function Read-Diagnosis {
    <#
    .SYNOPSIS
    Gathers what was given, or asks for it, and gives the answers. Objects come first: they tell whose log a log is.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Bound,
        # Path, InputItem, LogPath, Server, IsLive
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Source
    )
    $reader = New-Object -TypeName ExchangeTls.EvidenceReader -ArgumentList 'Diagnoses', $Bound['At'], $Bound['TimeoutSeconds']
    try {
        $logs = @(
            if ($Source.IsLive) { Add-LiveEvidence -Cmdlet $Cmdlet -Reader $reader -Server $Source.Server -TimeoutSeconds $Bound['TimeoutSeconds'] }
            else { Add-GivenEvidence -Cmdlet $Cmdlet -Reader $reader -Source $Source -TimeoutSeconds $Bound['TimeoutSeconds'] }
        )
        Add-IssuerEvidence -Cmdlet $Cmdlet -Reader $reader -Bound $Bound
        if ($logs) { Read-EvidenceLog -Cmdlet $Cmdlet -Reader $reader -Path $logs -Bound $Bound }
        Write-Answer -Cmdlet $Cmdlet -Reader $reader
    }
    finally { $reader.Dispose() }
}

function Add-GivenEvidence {
    # Objects, then what files and folders hold; gives the logs.
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.EvidenceReader] $Reader,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Source,
        [AllowNull()] [object] $TimeoutSeconds
    )
    $paths = New-Object -TypeName 'System.Collections.Generic.List[string]'
    foreach ($path in $Source.Path) {
        foreach ($found in (Resolve-LogPath -Cmdlet $Cmdlet -Path $path -TimeoutSeconds $TimeoutSeconds)) { $paths.Add($found) }
    }
    # A file out of Import-Clixml is a list of objects; one out of the pipeline comes by itself.
    foreach ($item in $Source.InputItem) {
        foreach ($one in $item) {
            if ($one -is [string] -or $one -is [System.IO.FileSystemInfo]) {
                $isFile = $one -isnot [string]
                $name = if ($isFile) { $one.FullName } else { $one }
                foreach ($found in (Resolve-LogPath -Cmdlet $Cmdlet -Path $name -Literal:$isFile -TimeoutSeconds $TimeoutSeconds)) { $paths.Add($found) }
            }
            else { Add-Evidence -Cmdlet $Cmdlet -Reader $Reader -InputItem $one }
        }
    }
    if ($paths.Count -gt 0) {
        $Reader.BeginPaths($paths.ToArray())
        # Ctrl+C is heard between two calls.
        while (-not $Reader.Wait(100)) { continue }
        $Reader.ReadLogs()
    }
    foreach ($path in $Source.LogPath) { Resolve-LogPath -Cmdlet $Cmdlet -Path $path -TimeoutSeconds $TimeoutSeconds }
}

Export-ModuleMember -Function Read-Diagnosis
