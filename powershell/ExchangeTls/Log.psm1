# What the log cmdlets share: from paths to one scan, from the scan to objects,
# errors and warnings. PowerShell finds files and reports; what stands in them
# is judged by the native library.
#
# Everything is written through the calling cmdlet ($Cmdlet), so that its name
# stands in the errors and its -ErrorAction and -WarningAction decide.
Set-StrictMode -Version Latest

# Any number that other modules are unlikely to take: the article it began with.
$script:ProgressId = 4051498

# Milliseconds: what is quick flashes no bar. A variable, so that tests need no slow work.
$script:ShowProgressAfter = 1000

# Folders and endings of files that answered, and when.
$script:Answered = @{}

$script:Categories = @{
    NotFound        = 'ObjectNotFound'
    Unreadable      = 'ReadError'
    NotAProtocolLog = 'InvalidData'
    OtherDirection  = 'InvalidData'
    InvalidArgument = 'InvalidArgument'
    TimedOut        = 'OperationTimeout'
}

function Add-LogPath {
    <#
    .SYNOPSIS
    Resolves what one call of the process block got, and adds the files and folders, absolute and without wildcards, to $To.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Bound,
        [Parameter(Mandatory)] [AllowEmptyCollection()] [System.Collections.Generic.List[string]] $To,
        [AllowNull()] [object] $InputItem
    )
    $literal = $Bound.ContainsKey('LiteralPath')
    if (-not $literal -and -not $Bound.ContainsKey('Path')) { return }
    $given = if ($literal) { $Bound['LiteralPath'] } else { $Bound['Path'] }
    # An object (a file, a failure) names one existing file, whatever characters are in its name.
    $literal = $literal -or ($Cmdlet.MyInvocation.ExpectingInput -and $InputItem -isnot [string])
    foreach ($path in $given) {
        foreach ($found in (Resolve-LogPath -Cmdlet $Cmdlet -Path $path -Literal:$literal -TimeoutSeconds $Bound['TimeoutSeconds'])) {
            $To.Add($found)
        }
    }
}

function Resolve-LogPath {
    <#
    .SYNOPSIS
    The files and folders that a path or wildcard names, absolute; an error of the cmdlet where there are none.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [string] $Path,
        [switch] $Literal,
        [AllowNull()] [object] $TimeoutSeconds
    )
    # No provider takes this prefix in every version of PowerShell; the library takes it in all.
    if ($Path.StartsWith('\\?\')) { return $Path }
    $state = $Cmdlet.SessionState
    $provider = $null
    $drive = $null
    $exists = $true
    $asked = $Path
    # A share belongs to the file system, though the caller may stand in Cert: or HKLM:.
    if ($Path.StartsWith('\\')) { $asked = "Microsoft.PowerShell.Core\FileSystem::$Path" }
    elseif (-not $state.Path.IsProviderQualified($Path) -and $state.Path.IsPSAbsolute($Path, [ref] $drive) -and $drive -ne '/') {
        # Asked before it can fail: an exception would stand in the caller's $Error, though caught here.
        $callers = $state.Drive.GetAll() | Where-Object { $_.Name -eq $drive }
        $exists = $null -ne $callers
        if ($exists -and -not (Get-PSDrive -Name $drive -ErrorAction Ignore)) {
            # A drive that only the calling script has is lent to this function.
            $own = New-PSDrive -Name $drive -PSProvider $callers.Provider.Name -Root $callers.Root -Scope Local
            $own.CurrentLocation = $callers.CurrentLocation
        }
    }
    if ($exists -and -not $state.Path.IsProviderQualified($Path) -and -not (Wait-LogPath -State $state -Path $Path -Literal:$Literal -TimeoutSeconds $TimeoutSeconds)) {
        return Write-TimeOut -Cmdlet $Cmdlet -Path $Path -TimeoutSeconds $TimeoutSeconds
    }
    try {
        $exists = $exists -and $state.InvokeProvider.Item.Exists($asked, $true, [bool] $Literal)
        $found = if (-not $exists) { }
        elseif ($Literal) { $state.Path.GetUnresolvedProviderPathFromPSPath($asked, [ref] $provider, [ref] $null) }
        else { $state.Path.GetResolvedProviderPathFromPSPath($asked, [ref] $provider) }
    }
    catch {
        $message = "'$Path' cannot be used: $($_.Exception.GetBaseException().Message)"
        return Write-LogError -Cmdlet $Cmdlet -Id 'InvalidPath' -Category 'InvalidArgument' -Message $message -Target $Path
    }
    if (-not $exists) {
        $message = if ($Literal) { "There is no file or folder '$Path'." } else { "No file or folder matches '$Path'." }
        return Write-LogError -Cmdlet $Cmdlet -Id 'PathNotFound' -Category 'ObjectNotFound' -Message $message -Target $Path
    }
    if ($provider.Name -ne 'FileSystem') {
        $message = "'$Path' is a path of the provider $($provider.Name); expected files or folders."
        return Write-LogError -Cmdlet $Cmdlet -Id 'NotFileSystemPath' -Category 'InvalidArgument' -Message $message -Target $Path
    }
    $found
}

function Wait-LogPath {
    # Whether a path answers in time; a file beside one that answered just now is not asked for.
    param(
        [Parameter(Mandatory)] [System.Management.Automation.SessionState] $State,
        [Parameter(Mandatory)] [string] $Path,
        [switch] $Literal,
        [AllowNull()] [object] $TimeoutSeconds
    )
    $provider = $null
    try {
        $full = $State.Path.GetUnresolvedProviderPathFromPSPath($Path, [ref] $provider, [ref] $null)
        if ($provider.Name -ne 'FileSystem') { return $true }
        while (-not $Literal -and $full -and [System.Management.Automation.WildcardPattern]::ContainsWildcardCharacters($full)) { $full = [System.IO.Path]::GetDirectoryName($full) }
        if (-not $full) { return $true }
        # What is named alike in a folder with a file that answered stands on the same disk. A
        # folder does not say so much of those beside it: each may be a share of another server.
        $beside = "$([System.IO.Path]::GetDirectoryName($full))/*$([System.IO.Path]::GetExtension($full))"
    }
    catch { return $true } # no path at all, which is said elsewhere
    if ($script:Answered.ContainsKey($beside) -and ([DateTime]::UtcNow - $script:Answered[$beside]).TotalSeconds -lt 5) { return $true }
    $kind = Read-PathKind -Path $full -TimeoutSeconds $TimeoutSeconds
    if ($kind -eq 'File') {
        if ($script:Answered.Count -gt 1000) { $script:Answered.Clear() }
        $script:Answered[$beside] = [DateTime]::UtcNow
    }
    [bool] $kind
}

function Read-PathKind {
    <#
    .SYNOPSIS
    File, Folder or Nothing, as a text; nothing at all where the path gives no answer in time.
    #>
    param([Parameter(Mandatory)] [string] $Path, [AllowNull()] [object] $TimeoutSeconds)
    # On another thread, since PowerShell itself would wait where Ctrl+C does not reach.
    $probe = [ExchangeTls.PathProbe]::Begin($Path)
    $seconds = Get-Patience -TimeoutSeconds $TimeoutSeconds
    $begun = [DateTime]::UtcNow
    while (-not $probe.Wait(50)) {
        if ($seconds -gt 0 -and ([DateTime]::UtcNow - $begun).TotalSeconds -ge $seconds) { return }
    }
    "$($probe.Result)"
}

function Get-Patience {
    param([AllowNull()] [object] $TimeoutSeconds)
    if ($null -eq $TimeoutSeconds) { 60 } else { [int] $TimeoutSeconds }
}

function Write-TimeOut {
    <#
    .SYNOPSIS
    The error about a path that gave no answer in time.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [string] $Path,
        [AllowNull()] [object] $TimeoutSeconds
    )
    $message = "'$Path' gave no answer for $(Get-Patience -TimeoutSeconds $TimeoutSeconds) seconds, so it was given up."
    Write-LogError -Cmdlet $Cmdlet -Id 'TimedOut' -Category 'OperationTimeout' -Message $message -Target $Path
}

function Find-LogFolder {
    # The protocol log folders of this server that hold logs: the server is
    # asked where commands for that exist, else Exchange's own layout is tried.
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [string[]] $LogType
    )
    $named = @(Get-ServerLogFolder -Cmdlet $Cmdlet -LogType $LogType | Select-Object -Unique)
    if ($named.Count -eq 0 -and $env:ExchangeInstallPath) {
        $named = @(
            foreach ($type in $LogType) {
                foreach ($service in 'Hub', 'FrontEnd', 'Edge', 'Mailbox', '') {
                    # Exchange 2010 has no folder for the service; Combine leaves out what is empty.
                    [System.IO.Path]::Combine([string[]] @($env:ExchangeInstallPath, 'TransportRoles', 'Logs', $service, 'ProtocolLog', "Smtp$type"))
                }
            }
        )
    }
    $existing = @($named | Where-Object { [System.IO.Directory]::Exists($_) })
    if ($existing.Count -eq 0) {
        $looked = if ($named.Count -gt 0) { " (looked for $($named -join ', '))" } else { '' }
        $message = "The protocol logs of this server were not found$looked. Give the log files or folders with -Path."
        Write-LogError -Cmdlet $Cmdlet -Id 'LogFolderNotFound' -Category 'ObjectNotFound' -Message $message -Terminating
    }
    # Mailbox transport keeps its logs in folders below (Delivery, Submission).
    $folders = @(
        Get-ChildItem -LiteralPath $existing -Recurse -File -ErrorAction SilentlyContinue |
            Where-Object { $_.Extension -eq '.log' } |
            ForEach-Object { $_.DirectoryName } |
            Select-Object -Unique
    )
    if ($folders.Count -eq 0) {
        $message = "There are no logs in $($existing -join ', '). Connectors write them only with -ProtocolLoggingLevel Verbose (Set-SendConnector, Set-ReceiveConnector)."
        Write-LogError -Cmdlet $Cmdlet -Id 'LogFolderEmpty' -Category 'ObjectNotFound' -Message $message -Target $existing -Terminating
    }
    $Cmdlet.WriteVerbose("Log folders of this server: $($folders -join ', ')")
    $folders
}

function Get-ServerLogFolder {
    <#
    .SYNOPSIS
    What the Exchange Management Shell knows of a server, else of this computer. There the objects arrive deserialized: a path is taken as the text it is shown as.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [string[]] $LogType,
        [string] $Server = [Environment]::MachineName
    )
    $names = @('Get-TransportService', 'Get-FrontendTransportService', 'Get-MailboxTransportService')
    if (-not (Get-Command -Name $names[0] -ErrorAction Ignore)) {
        $names = @('Get-TransportServer') # Exchange 2010
    }
    foreach ($name in $names) {
        $command = Get-Command -Name $name -ErrorAction Ignore
        if (-not $command) { continue }
        try {
            $services = @(& $command -Identity $Server -ErrorAction Stop)
        }
        catch {
            # Not every server has every service: an Edge server has no front end.
            $Cmdlet.WriteVerbose("${name}: $($_.Exception.Message)")
            continue
        }
        foreach ($service in $services) {
            foreach ($type in $LogType) {
                $property = $service.PSObject.Properties["${type}ProtocolLogPath"]
                if ($property -and "$($property.Value)") { "$($property.Value)" }
            }
        }
    }
}

function Resolve-Cause {
    # The numbers of causes by their names.
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [AllowNull()] [string[]] $Name
    )
    if (-not $Name) { return }
    $causes = [ExchangeTls.Library]::GetCauses()
    foreach ($one in $Name) {
        $cause = $causes | Where-Object { $_.Name -eq $one }
        if (-not $cause) {
            $message = "'$one' is not a cause. The causes are: $(($causes | ForEach-Object { $_.Name }) -join ', ')."
            Write-LogError -Cmdlet $Cmdlet -Id 'UnknownCause' -Category 'InvalidArgument' -Message $message -Target $one -Terminating
        }
        $cause.Number
    }
}

function Read-Log {
    <#
    .SYNOPSIS
    Gives what one scan over all paths finds: a session may begin in one file and end in another.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Bound,
        [Parameter(Mandatory)] [AllowEmptyCollection()] [string[]] $Path,
        [string] $LogType,
        [switch] $Session
    )
    $options = New-Object -TypeName ExchangeTls.ScanOptions -Property @{
        Causes           = [uint32[]] @(Resolve-Cause -Cmdlet $Cmdlet -Name $Bound['Cause'])
        Connectors       = @($Bound['Connector'] | Where-Object { $_ })
        Since            = $Bound['Since']
        Until            = $Bound['Until']
        LogType          = $LogType
        Sessions         = [bool] $Session
        Recurse          = [bool] $Bound['Recurse']
        IncludeRejection = [bool] $Bound['IncludeRejection']
        IncludeRecords   = [bool] $Bound['IncludeRecords']
        TimeoutSeconds   = $Bound['TimeoutSeconds']
    }
    $isNamed = $Bound.ContainsKey('Path') -or $Bound.ContainsKey('LiteralPath') -or $Cmdlet.MyInvocation.ExpectingInput
    if (-not $isNamed) {
        $types = if ($LogType) { $LogType } else { 'Send', 'Receive' }
        $Path = @(Find-LogFolder -Cmdlet $Cmdlet -LogType $types)
    }
    # Where every path was refused, that has been said.
    if ($Path.Count -eq 0) { return }
    $options.Paths = $Path

    $reader = $null
    $isShown = $false
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $showAt = $script:ShowProgressAfter
    # Few at first, so that the first result comes at once; then in bulk.
    $items = 16
    try {
        $reader = New-Object -TypeName ExchangeTls.ScanReader
        $reader.Open($options)
        do {
            $page = $reader.ReadPage($items, 100)
            $items = [Math]::Min($items * 2, 2048)
            foreach ($problem in $page.Problems) { Write-Problem -Cmdlet $Cmdlet -Problem $problem }
            $page.Results
            if ($watch.ElapsedMilliseconds -ge $showAt) {
                $showAt = $watch.ElapsedMilliseconds + 250
                $isShown = $true
                Write-ScanProgress -Cmdlet $Cmdlet -Page $page
            }
        } until ($page.IsLast)
    }
    catch [ExchangeTls.LibraryException] {
        $because = $_.Exception.GetBaseException()
        $kind = if ($because.Status -eq -1) { 'InvalidArgument' } else { 'InternalError' }
        $category = if ($because.Status -eq -1) { 'InvalidArgument' } else { 'NotSpecified' }
        Write-LogError -Cmdlet $Cmdlet -Id $kind -Category $category -Message $because.Message -Terminating
    }
    finally {
        # Also after Ctrl+C and Select-Object -First: the scan holds files open.
        if ($reader) { $reader.Dispose() }
        if ($isShown) { Write-ScanProgress -Cmdlet $Cmdlet -Page $page -Completed }
    }
}

function Write-ScanProgress {
    <#
    .SYNOPSIS
    Shows how far a scan is.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.Page] $Page,
        [switch] $Completed
    )
    Use-CallerPreference -Cmdlet $Cmdlet
    $status = '{0} of {1} files, {2:N0} of {3:N0} MB' -f $Page.FilesDone, $Page.Files, ($Page.BytesDone / 1e6), ($Page.Bytes / 1e6)
    # A new record each time: a host may keep the one it was given.
    $progress = New-Object -TypeName System.Management.Automation.ProgressRecord -ArgumentList $script:ProgressId, 'Reading protocol logs', $status
    # A log that is being written to grows while it is read.
    $progress.PercentComplete = [Math]::Min(100, [int] (100 * $Page.BytesDone / [Math]::Max([long] 1, $Page.Bytes)))
    if ($Completed) { $progress.RecordType = 'Completed' }
    $Cmdlet.WriteProgress($progress)
}

function Write-Problem {
    <#
    .SYNOPSIS
    Reports what the library could not read: a lost file or path is an error, a lost record a warning.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.Problem] $Problem
    )
    $place = if ($Problem.Line -gt 0) { "$($Problem.Path):$($Problem.Line)" } else { $Problem.Path }
    $message = "${place}: $($Problem.Text)"
    if ($Problem.IsWholeFile) {
        Write-LogError -Cmdlet $Cmdlet -Id $Problem.Kind -Category $script:Categories[$Problem.Kind] -Message $message -Target $Problem.Path
    }
    else {
        Use-CallerPreference -Cmdlet $Cmdlet
        $Cmdlet.WriteWarning($message)
    }
}

function Write-LogError {
    <#
    .SYNOPSIS
    Writes an error of the cmdlet, or ends it with one.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [string] $Id,
        [Parameter(Mandatory)] [System.Management.Automation.ErrorCategory] $Category,
        [Parameter(Mandatory)] [string] $Message,
        [AllowNull()] [object] $Target,
        [switch] $Terminating
    )
    # A path may be one that somebody else chose.
    $Message = ConvertTo-SafeText -Text $Message
    $exception = switch ($Category) {
        'ObjectNotFound' { New-Object -TypeName System.IO.FileNotFoundException -ArgumentList $Message; break }
        'InvalidArgument' { New-Object -TypeName System.ArgumentException -ArgumentList $Message; break }
        default { New-Object -TypeName System.IO.IOException -ArgumentList $Message }
    }
    $record = New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $exception, $Id, $Category, $Target
    if ($Terminating) { $Cmdlet.ThrowTerminatingError($record) }
    Use-CallerPreference -Cmdlet $Cmdlet
    $Cmdlet.WriteError($record)
}

function ConvertTo-SafeText {
    <#
    .SYNOPSIS
    Escapes what steers a terminal, hides or reorders text, as the library does with all that it gives.
    #>
    param([AllowEmptyString()] [string] $Text)
    $unsafe = '[\x00-\x1F\x7F-\x9F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF9-\uFFFB]|\uDB40[\uDC00-\uDFFF]|\uDB41[\uDC00-\uDFFF]|\uDB42[\uDC00-\uDFFF]|\uDB43[\uDC00-\uDFFF]'
    [regex]::Replace($Text, $unsafe, { param($found) -join ($found.Value.ToCharArray() | ForEach-Object { '\u{0:X4}' -f [int] $_ }) })
}

function Use-CallerPreference {
    <#
    .SYNOPSIS
    Sets the preferences of the calling script where it is called: they reach compiled cmdlets, but not the functions of a module.
    #>
    param([Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet)
    foreach ($name in 'ErrorActionPreference', 'WarningPreference', 'ProgressPreference') {
        Set-Variable -Name $name -Value $Cmdlet.SessionState.PSVariable.GetValue($name) -Scope 1
    }
}

Export-ModuleMember -Function Add-LogPath, ConvertTo-SafeText, Get-ServerLogFolder, Read-Log, Read-PathKind, Resolve-LogPath, Use-CallerPreference, Write-LogError, Write-Problem, Write-ScanProgress, Write-TimeOut
