# The cmdlets, and the library behind them. What they share stands in the other psm1 files.
Set-StrictMode -Version Latest

function Import-Library {
    # Loads the binding, compiled ahead if it is there, and the native library of
    # this process's architecture, by absolute paths and never by name.
    if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
        throw "ExchangeTls cannot be loaded: this session is in $($ExecutionContext.SessionState.LanguageMode) mode, which forbids it to use its library. Have the policy trust the signer of the module, or analyze the logs on another machine."
    }
    $binding = Join-Path -Path $PSScriptRoot -ChildPath 'ExchangeTls.Native.dll'
    $library = Get-LibraryPath
    $file = $binding
    try {
        if (-not ('ExchangeTls.Library' -as [type])) {
            if ([System.IO.File]::Exists($binding)) {
                [void] [System.Reflection.Assembly]::LoadFrom($binding)
            }
            else {
                # A source tree: takes a second or two, and a compiler.
                Add-Type -ErrorAction Stop -LiteralPath ([System.IO.Directory]::GetFiles($PSScriptRoot, '*.cs'))
            }
        }
        $file = $library
        [ExchangeTls.Library]::Load($library)
    }
    catch {
        $words = $_.Exception.GetBaseException().Message
        if ($file -eq $binding) { $words = "The binding $binding cannot be loaded: $words Install the module anew." }
        if (Test-FromInternet -Path $file) {
            $words += " Windows has marked the files of this module as coming from the internet. If you trust them, run: Get-ChildItem -LiteralPath '$($PSScriptRoot.Replace("'", "''"))' -Recurse | Unblock-File; then import the module in a new session."
        }
        throw $words
    }
}

function Test-FromInternet {
    # Whether a download mark lies beside the data of a file; only Windows has such.
    param([Parameter(Mandatory)] [string] $Path)
    [Environment]::OSVersion.Platform -eq 'Win32NT' -and [bool] (Get-Item -LiteralPath $Path -Stream 'Zone.Identifier' -ErrorAction Ignore)
}

function Get-LibraryPath {
    # Of the process, not of the machine: an x64 process on ARM64 needs the x64 library.
    # Not by RuntimeInformation on Windows: a module of someone else may have brought its own.
    param(
        [string] $System = $(if ([Environment]::OSVersion.Platform -eq 'Win32NT') { 'win' } elseif ([System.Runtime.InteropServices.RuntimeInformation]::IsOSPlatform([System.Runtime.InteropServices.OSPlatform]::Linux)) { 'linux' } else { 'this system' }),
        [string] $Architecture = $(if ($System -eq 'win') { $env:PROCESSOR_ARCHITECTURE } else { [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture })
    )
    $processor = switch ($Architecture) { 'AMD64' { 'x64' } 'X64' { 'x64' } 'ARM64' { 'arm64' } default { $_ } }
    if ($System -notin 'win', 'linux') { throw 'ExchangeTls has no library for this system. It runs on Windows and Linux.' }
    if ($processor -notin 'x64', 'arm64') {
        throw "ExchangeTls has no library for a $Architecture process. Start 64-bit PowerShell."
    }
    $file = if ($System -eq 'win') { 'exchange_tls.dll' } else { 'libexchange_tls.so' }
    $path = [System.IO.Path]::Combine($PSScriptRoot, 'bin', "$System-$processor", $file)
    if ($processor -eq 'arm64' -and -not [System.IO.File]::Exists($path)) {
        throw "This package of ExchangeTls has no library for $System-arm64. On Windows, start x64 PowerShell, which runs on ARM64 too."
    }
    $path
}

function Get-SendConnectorFailure {
    # .EXTERNALHELP ExchangeTls-help.xml
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    [OutputType('ExchangeTls.ConnectorFailure')]
    param(
        [Parameter(ParameterSetName = 'Path', Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [ValidateNotNullOrEmpty()]
        [SupportsWildcards()]
        [Alias('FullName')]
        [string[]] $Path,

        [Parameter(ParameterSetName = 'LiteralPath', Mandatory, ValueFromPipelineByPropertyName)]
        [ValidateNotNullOrEmpty()]
        [Alias('PSPath', 'LP')]
        [string[]] $LiteralPath,

        [switch] $Recurse,

        [datetime] $Since,

        [datetime] $Until,

        [ValidateNotNullOrEmpty()]
        [SupportsWildcards()]
        [string[]] $Connector,

        [ValidateNotNullOrEmpty()]
        [string[]] $Cause,

        [switch] $IncludeRejection,

        [switch] $IncludeRecords,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSeconds
    )
    begin { $paths = New-Object -TypeName 'System.Collections.Generic.List[string]' }
    process { Add-LogPath -Cmdlet $PSCmdlet -Bound $PSBoundParameters -To $paths -InputItem $_ }
    end { Read-Log -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Path $paths -LogType 'Send' }
}

function Get-ReceiveConnectorFailure {
    # .EXTERNALHELP ExchangeTls-help.xml
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    [OutputType('ExchangeTls.ConnectorFailure')]
    param(
        [Parameter(ParameterSetName = 'Path', Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [ValidateNotNullOrEmpty()]
        [SupportsWildcards()]
        [Alias('FullName')]
        [string[]] $Path,

        [Parameter(ParameterSetName = 'LiteralPath', Mandatory, ValueFromPipelineByPropertyName)]
        [ValidateNotNullOrEmpty()]
        [Alias('PSPath', 'LP')]
        [string[]] $LiteralPath,

        [switch] $Recurse,

        [datetime] $Since,

        [datetime] $Until,

        [ValidateNotNullOrEmpty()]
        [SupportsWildcards()]
        [string[]] $Connector,

        [ValidateNotNullOrEmpty()]
        [string[]] $Cause,

        [switch] $IncludeRejection,

        [switch] $IncludeRecords,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSeconds
    )
    begin { $paths = New-Object -TypeName 'System.Collections.Generic.List[string]' }
    process { Add-LogPath -Cmdlet $PSCmdlet -Bound $PSBoundParameters -To $paths -InputItem $_ }
    end { Read-Log -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Path $paths -LogType 'Receive' }
}

function Get-SmtpSession {
    # .EXTERNALHELP ExchangeTls-help.xml
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    [OutputType('ExchangeTls.SmtpSession')]
    param(
        [Parameter(ParameterSetName = 'Path', Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [ValidateNotNullOrEmpty()]
        [SupportsWildcards()]
        [Alias('FullName')]
        [string[]] $Path,

        [Parameter(ParameterSetName = 'LiteralPath', Mandatory, ValueFromPipelineByPropertyName)]
        [ValidateNotNullOrEmpty()]
        [Alias('PSPath', 'LP')]
        [string[]] $LiteralPath,

        [switch] $Recurse,

        [ValidateSet('Send', 'Receive')]
        [string] $LogType,

        [datetime] $Since,

        [datetime] $Until,

        [ValidateNotNullOrEmpty()]
        [SupportsWildcards()]
        [string[]] $Connector,

        [ValidateNotNullOrEmpty()]
        [string[]] $Cause,

        [switch] $IncludeRejection,

        [switch] $IncludeRecords,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSeconds
    )
    begin { $paths = New-Object -TypeName 'System.Collections.Generic.List[string]' }
    process { Add-LogPath -Cmdlet $PSCmdlet -Bound $PSBoundParameters -To $paths -InputItem $_ }
    end { Read-Log -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Path $paths -LogType $LogType -Session }
}

function Test-ExchangeTlsCert {
    # .EXTERNALHELP ExchangeTls-help.xml
    [CmdletBinding()]
    [OutputType('ExchangeTls.CertificateTest')]
    param(
        [Parameter(Position = 0)]
        [ValidateNotNullOrEmpty()]
        [SupportsWildcards()]
        [Alias('FullName')]
        [string[]] $Path,

        [ValidateNotNullOrEmpty()]
        [Alias('PSPath', 'LP')]
        [string[]] $LiteralPath,

        [Parameter(ValueFromPipeline)]
        [AllowNull()]
        [object[]] $Certificate,

        [Parameter(ValueFromPipelineByPropertyName)]
        [AllowNull()]
        [AllowEmptyString()]
        [string[]] $Thumbprint,

        [ValidateNotNullOrEmpty()]
        [string[]] $Store,

        [ValidateNotNullOrEmpty()]
        [string] $TlsCertificateName,

        [AllowNull()]
        [AllowEmptyCollection()]
        [object[]] $SendConnector,

        [ValidateNotNullOrEmpty()]
        [string] $Fqdn,

        [AllowNull()]
        [AllowEmptyCollection()]
        [SupportsWildcards()]
        [string[]] $Intermediate,

        [AllowNull()]
        [AllowEmptyCollection()]
        [SupportsWildcards()]
        [string[]] $Root,

        [AllowNull()]
        [AllowEmptyCollection()]
        [SupportsWildcards()]
        [string[]] $Crl,

        [datetime] $At,

        [ValidateRange(0, 100000)]
        [int] $ExpiryWarningDays = 30,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSeconds
    )
    begin {
        # As on the command line; later, values of the pipeline join them. A script
        # block is not a value, but makes one of each object of the pipeline.
        $given = @{} + $PSBoundParameters
        if ($given['Thumbprint'] -isnot [string[]]) { $given.Remove('Thumbprint') }
        $request = New-CertificateRequest -Cmdlet $PSCmdlet -Bound $given
    }
    process {
        if ($PSCmdlet.MyInvocation.ExpectingInput) {
            $named = if (-not $given.ContainsKey('Thumbprint')) { $PSBoundParameters['Thumbprint'] }
            Add-CertificateInput -Cmdlet $PSCmdlet -To $request -InputItem $_ -Thumbprint $named
        }
    }
    end { Invoke-CertificateTest -Cmdlet $PSCmdlet -Bound $given -Request $request -ExpiryWarningDays $ExpiryWarningDays }
}

function Get-QueueFailure {
    # .EXTERNALHELP ExchangeTls-help.xml
    [CmdletBinding()]
    [OutputType('ExchangeTls.QueueFailure')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)]
        [AllowNull()]
        [AllowEmptyString()]
        [AllowEmptyCollection()]
        [Alias('LastError', 'Queue')]
        [object[]] $InputObject
    )
    begin { $objects = New-Object -TypeName 'System.Collections.Generic.List[object]' }
    process {
        foreach ($one in $InputObject) {
            if ($null -ne $one) { $objects.Add($(if ($one -is [string]) { ConvertFrom-LastError -Text $one } else { $one })) }
        }
    }
    end { Read-Answer -Cmdlet $PSCmdlet -Wanted Queues -InputItem $objects }
}

function Test-ReceiveConnectorAuth {
    # .EXTERNALHELP ExchangeTls-help.xml
    [CmdletBinding()]
    [OutputType('ExchangeTls.ConnectorTest')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)]
        [AllowNull()]
        [AllowEmptyCollection()]
        [Alias('InputObject')]
        [object[]] $ReceiveConnector
    )
    begin { $objects = New-Object -TypeName 'System.Collections.Generic.List[object]' }
    process { foreach ($one in $ReceiveConnector) { if ($null -ne $one) { $objects.Add($one) } } }
    end { Read-Answer -Cmdlet $PSCmdlet -Wanted Connectors -InputItem $objects }
}

function Get-ExchangeTlsDiagnosis {
    # .EXTERNALHELP ExchangeTls-help.xml
    [CmdletBinding(DefaultParameterSetName = 'Collected')]
    [OutputType('ExchangeTls.Diagnosis')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'Collected')]
        [ValidateNotNullOrEmpty()]
        [SupportsWildcards()]
        [Alias('FullName')]
        [string[]] $Path,

        [Parameter(ParameterSetName = 'Collected', ValueFromPipeline)]
        [AllowNull()]
        [AllowEmptyCollection()]
        [object[]] $InputObject,

        [Parameter(ParameterSetName = 'Collected')]
        [ValidateNotNullOrEmpty()]
        [SupportsWildcards()]
        [string[]] $LogPath,

        [Parameter(Mandatory, ParameterSetName = 'Live')]
        [ValidateNotNullOrEmpty()]
        [string[]] $Server,

        [datetime] $Since,

        [datetime] $Until,

        [AllowNull()]
        [AllowEmptyCollection()]
        [SupportsWildcards()]
        [string[]] $Intermediate,

        [AllowNull()]
        [AllowEmptyCollection()]
        [SupportsWildcards()]
        [string[]] $Root,

        [AllowNull()]
        [AllowEmptyCollection()]
        [SupportsWildcards()]
        [string[]] $Crl,

        [datetime] $At,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSeconds
    )
    begin {
        $given = @{} + $PSBoundParameters
        $objects = New-Object -TypeName 'System.Collections.Generic.List[object]'
        $isGiven = $given.ContainsKey('Path') -or $given.ContainsKey('InputObject') -or $given.ContainsKey('LogPath') -or $PSCmdlet.MyInvocation.ExpectingInput
    }
    process { foreach ($one in $InputObject) { if ($null -ne $one) { $objects.Add($one) } } }
    end {
        $source = @{ Path = $Path; InputItem = $objects; LogPath = $LogPath; Server = $Server; IsLive = -not $isGiven }
        Read-Diagnosis -Cmdlet $PSCmdlet -Bound $given -Source $source
    }
}

function Export-ExchangeTlsReport {
    # .EXTERNALHELP ExchangeTls-help.xml
    [CmdletBinding(SupportsShouldProcess)]
    [OutputType('System.IO.FileInfo')]
    param(
        [Parameter(Mandatory, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [Alias('FilePath', 'LiteralPath')]
        [string] $Path,

        [Parameter(ValueFromPipeline)]
        [AllowNull()]
        [AllowEmptyCollection()]
        [object[]] $InputObject,

        [AllowEmptyString()]
        [string] $Title,

        [datetime] $At,

        [switch] $NoClobber,

        [switch] $PassThru
    )
    begin {
        $file = Resolve-ReportPath -Cmdlet $PSCmdlet -Path $Path -NoClobber:$NoClobber
        $builder = New-Object -TypeName ExchangeTls.ReportBuilder -ArgumentList $Title, $PSBoundParameters['At']
    }
    process { foreach ($one in $InputObject) { Add-ReportItem -Cmdlet $PSCmdlet -Builder $builder -InputItem $one } }
    end {
        try {
            if ($PSCmdlet.ShouldProcess($file, 'Write the report')) {
                Save-Report -Cmdlet $PSCmdlet -Builder $builder -Path $file
                if ($PassThru) { Get-Item -LiteralPath $file }
            }
        }
        finally { $builder.Dispose() }
    }
}

Import-Library

# Remoting serializes one level deep; certificates and findings are below it. Also for
# objects that are handed on once more. Not in a types file: loading another
# copy of the module would fail on it before it can say why it is refused.
foreach ($type in 'ConnectorFailure', 'SmtpSession', 'CertificateTest', 'QueueFailure', 'ConnectorTest', 'Diagnosis' | ForEach-Object { "ExchangeTls.$_" }) {
    foreach ($name in $type, "Deserialized.$type") {
        # Once for a session: PowerShell keeps each update, also of a module that was removed.
        $known = Get-TypeData -TypeName $name
        if (-not $known -or $known.SerializationDepth -ne 2) { Update-TypeData -TypeName $name -SerializationDepth 2 -Force }
    }
}

Register-ArgumentCompleter -CommandName Get-SendConnectorFailure, Get-ReceiveConnectorFailure, Get-SmtpSession -ParameterName Cause -ScriptBlock {
    $word = $args[2] # behind the command and the parameter
    foreach ($cause in [ExchangeTls.Library]::GetCauses()) {
        if ($cause.Name -like "$word*") {
            New-Object -TypeName System.Management.Automation.CompletionResult -ArgumentList $cause.Name, $cause.Name, 'ParameterValue', $cause.Title
        }
    }
}

Register-ArgumentCompleter -CommandName Test-ExchangeTlsCert -ParameterName Store -ScriptBlock {
    $word = "$($args[2])".Trim('''', '"')
    foreach ($store in 'Cert:\LocalMachine\My', 'Cert:\LocalMachine\WebHosting', 'Cert:\CurrentUser\My') {
        if ($store -like "*$word*") { $store }
    }
}

Export-ModuleMember -Function Export-ExchangeTlsReport, Get-ExchangeTlsDiagnosis, Get-QueueFailure, Get-ReceiveConnectorFailure, Get-SendConnectorFailure, Get-SmtpSession, Test-ExchangeTlsCert, Test-ReceiveConnectorAuth
