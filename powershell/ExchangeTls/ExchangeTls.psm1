# The cmdlets, and the library behind them. What they share stands in the other psm1 files.
Set-StrictMode -Version Latest

function Import-Library {
    # Loads the binding, compiled ahead if it is there, and the native library of
    # this process's architecture, by absolute paths and never by name.
    if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
        throw "ExchangeTls cannot be loaded: this session is in $($ExecutionContext.SessionState.LanguageMode) mode, which forbids it to use its library. Have the policy trust the signer of the module, or analyze the logs on another machine."
    }
    $binding = Join-Path -Path $PSScriptRoot -ChildPath 'ExchangeTls.Native.dll'
    if (-not ('ExchangeTls.Library' -as [type])) {
        if ([System.IO.File]::Exists($binding)) {
            [void] [System.Reflection.Assembly]::LoadFrom($binding)
        }
        else {
            # A source tree: takes a second or two, and a compiler.
            Add-Type -ErrorAction Stop -LiteralPath ([System.IO.Directory]::GetFiles($PSScriptRoot, '*.cs'))
        }
    }
    try {
        [ExchangeTls.Library]::Load((Get-LibraryPath))
    }
    catch [System.Management.Automation.MethodInvocationException] {
        throw $_.Exception.InnerException.Message
    }
}

function Get-LibraryPath {
    if ([Environment]::OSVersion.Platform -eq 'Win32NT') {
        # Of the process, not of the machine: an x64 process on ARM64 needs the x64 library.
        # RuntimeInformation may be absent on old .NET Framework.
        $system = 'win'
        $architecture = switch ($env:PROCESSOR_ARCHITECTURE) { 'AMD64' { 'x64' } 'ARM64' { 'arm64' } default { $_ } }
        $file = 'exchange_tls.dll'
    }
    else {
        $runtime = [System.Runtime.InteropServices.RuntimeInformation]
        $system = if ($runtime::IsOSPlatform([System.Runtime.InteropServices.OSPlatform]::Linux)) { 'linux' } else { 'unknown' }
        $architecture = "$($runtime::ProcessArchitecture)".ToLowerInvariant()
        $file = 'libexchange_tls.so'
    }
    $folder = "$system-$architecture"
    if ($folder -notin 'win-x64', 'win-arm64', 'linux-x64', 'linux-arm64') {
        throw "ExchangeTls has no library for $folder. It runs in 64-bit PowerShell on Windows and Linux."
    }
    [System.IO.Path]::Combine($PSScriptRoot, 'bin', $folder, $file)
}

function Get-SendConnectorFailure {
    <#
    .SYNOPSIS
    Names the cause of every failed session in SMTP Send protocol logs.
    .DESCRIPTION
    Reads SMTP Send protocol logs, puts their lines together into sessions, also
    across files, and gives one object for each session that failed: at which
    stage, why, with which certificate, and what to do about it. A failure that
    the same session makes good again is none.

    The logs may be in use by Exchange, of any version since 2007, and copied
    from any number of servers; a UNC path reads them from a server. Records
    that cannot be read cost themselves and a warning. All times are UTC.
    Nothing is changed and nothing is sent: the commands in Remedy are yours to
    run.
    .PARAMETER Path
    Log files, folders or wildcards. Of a folder, its *.log files are read.
    Takes text from the pipeline, and objects by their property FullName (files)
    or Path (failures and sessions). Without it, the log folders of this server
    are read: those that Get-TransportService and Get-FrontendTransportService
    name in the Exchange Management Shell, else those below
    $env:ExchangeInstallPath.
    .PARAMETER LiteralPath
    Log files or folders in whose names no character is a wildcard.
    .PARAMETER Recurse
    Reads the folders below a folder too. Files of different folders are taken
    as logs of different services.
    .PARAMETER Since
    Nothing before this time. A local time is compared in UTC with Time.
    .PARAMETER Until
    Nothing after this time.
    .PARAMETER Connector
    Only connectors whose names match. A send connector has its plain name in
    the log.
    .PARAMETER Cause
    Only failures with these causes; Tab lists them.
    .PARAMETER IncludeRejection
    Gives also sessions in which connection, TLS and authentication worked and
    only messages or recipients were refused (MessageRejected, and Throttled in
    stage Mail). Without it they are no connector failures.
    .PARAMETER IncludeRecords
    Fills the property Records with the log lines of each session, as written.
    .INPUTS
    System.String
    Paths of log files and folders. Objects with a property FullName or Path are
    taken too.
    .OUTPUTS
    ExchangeTls.ConnectorFailure
    One object for each failed session. Format-List shows diagnosis,
    certificates and remedy.
    .EXAMPLE
    Get-SendConnectorFailure -Path .\SmtpSend

    Lists the failed sessions of the logs in the folder SmtpSend.
    .EXAMPLE
    Get-SendConnectorFailure -Path .\SmtpSend | Format-List

    Shows each of them whole: what happened, the certificates that were sent,
    and the commands that help.
    .EXAMPLE
    Get-SendConnectorFailure -Since (Get-Date).AddDays(-1)

    On an Exchange server: the failures of the last 24 hours in its own logs.
    .EXAMPLE
    Get-SendConnectorFailure .\Logs -Recurse -Cause OwnCertificateNotEnabled, OwnCertificateNoKey | Format-Table -Property Time, Connector, Path, Certificate

    Of all servers whose logs lie below Logs: where this side's certificate is
    the reason, and which certificate that is.
    .EXAMPLE
    Get-ChildItem -Path .\Logs -Recurse -Filter SEND*.LOG | Get-SendConnectorFailure | Group-Object -Property Cause -NoElement

    Counts the failures by cause.
    .EXAMPLE
    Get-SendConnectorFailure .\SmtpSend | Select-Object -Property Time, Connector, Cause, Error, @{ Name = 'Thumbprint'; Expression = { $_.Certificate.Thumbprint } } | Export-Csv -Path .\failures.csv -NoTypeInformation

    Hands them on as a table for a spreadsheet.
    .LINK
    Get-ReceiveConnectorFailure
    .LINK
    Get-SmtpSession
    .LINK
    about_ExchangeTls
    #>
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

        [switch] $IncludeRecords
    )
    begin { $paths = New-Object -TypeName 'System.Collections.Generic.List[string]' }
    process { Add-LogPath -Cmdlet $PSCmdlet -Bound $PSBoundParameters -To $paths -InputItem $_ }
    end { Read-Log -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Path $paths -LogType 'Send' }
}

function Get-ReceiveConnectorFailure {
    <#
    .SYNOPSIS
    Names the cause of every failed session in SMTP Receive protocol logs.
    .DESCRIPTION
    Reads SMTP Receive protocol logs, puts their lines together into sessions,
    also across files, and gives one object for each session that failed: at
    which stage, why, with which certificate, and what to do about it. Port
    probes, callers without a client certificate and failures that the same
    session makes good are no failures.

    A receive connector whose certificate cannot be used does not offer STARTTLS
    and logs no error: look at OfferedExtensions. The logs may be in use by
    Exchange. All times are UTC. Nothing is changed and nothing is sent.
    .PARAMETER Path
    Log files, folders or wildcards. Of a folder, its *.log files are read.
    Takes text from the pipeline, and objects by their property FullName (files)
    or Path (failures and sessions). Without it, the log folders of this server
    are read: those that Get-TransportService and Get-FrontendTransportService
    name in the Exchange Management Shell, else those below
    $env:ExchangeInstallPath.
    .PARAMETER LiteralPath
    Log files or folders in whose names no character is a wildcard.
    .PARAMETER Recurse
    Reads the folders below a folder too. Files of different folders are taken
    as logs of different services.
    .PARAMETER Since
    Nothing before this time. A local time is compared in UTC with Time.
    .PARAMETER Until
    Nothing after this time.
    .PARAMETER Connector
    Only connectors whose names match. In receive logs names have the form
    'SERVER\Default Frontend SERVER'.
    .PARAMETER Cause
    Only failures with these causes; Tab lists them.
    .PARAMETER IncludeRejection
    Gives also sessions in which connection, TLS and authentication worked and
    only messages or recipients were refused (MessageRejected, and Throttled in
    stage Mail). Without it they are no connector failures.
    .PARAMETER IncludeRecords
    Fills the property Records with the log lines of each session, as written.
    .INPUTS
    System.String
    Paths of log files and folders. Objects with a property FullName or Path are
    taken too.
    .OUTPUTS
    ExchangeTls.ConnectorFailure
    One object for each failed session. Format-List shows diagnosis,
    certificates and remedy.
    .EXAMPLE
    Get-ReceiveConnectorFailure -Path .\SmtpReceive

    Lists the failed sessions of the logs in the folder SmtpReceive.
    .EXAMPLE
    Get-ReceiveConnectorFailure .\SmtpReceive -Connector *\Default* | Group-Object -Property RemoteEndpoint, Cause -NoElement

    Tells which callers fail at the default connectors, and why.
    .EXAMPLE
    Get-ReceiveConnectorFailure .\SmtpReceive -IncludeRejection -Cause MessageRejected | Select-Object -Property Time, RemoteHost, Reply

    Lists the callers whose messages or recipients were refused, with the reply
    they got.
    .EXAMPLE
    Get-ReceiveConnectorFailure .\SmtpReceive -IncludeRecords | Select-Object -First 1 -ExpandProperty Records

    Shows the log lines of the first failed session.
    .LINK
    Get-SendConnectorFailure
    .LINK
    Get-SmtpSession
    .LINK
    about_ExchangeTls
    #>
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

        [switch] $IncludeRecords
    )
    begin { $paths = New-Object -TypeName 'System.Collections.Generic.List[string]' }
    process { Add-LogPath -Cmdlet $PSCmdlet -Bound $PSBoundParameters -To $paths -InputItem $_ }
    end { Read-Log -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Path $paths -LogType 'Receive' }
}

function Get-SmtpSession {
    <#
    .SYNOPSIS
    Lists every session in SMTP protocol logs, failed or not, one object each.
    .DESCRIPTION
    Reads SMTP Send and SMTP Receive protocol logs and gives one object for each
    session instead of a line for each command: who spoke with whom, TLS version
    and cipher, certificates, authentication, senders, recipients and message
    ids, how long it took, the longest silence in it, and the cause where it
    failed.

    Sessions come in the order in which they end. Complete is false where the
    log holds only part of one. All times are UTC.
    .PARAMETER Path
    Log files, folders or wildcards. Of a folder, its *.log files are read.
    Takes text from the pipeline, and objects by their property FullName (files)
    or Path (failures and sessions). Without it, the log folders of this server
    are read: those that Get-TransportService and Get-FrontendTransportService
    name in the Exchange Management Shell, else those below
    $env:ExchangeInstallPath.
    .PARAMETER LiteralPath
    Log files or folders in whose names no character is a wildcard.
    .PARAMETER Recurse
    Reads the folders below a folder too. Files of different folders are taken
    as logs of different services.
    .PARAMETER LogType
    Only SMTP Send or only SMTP Receive logs. Without it both are read.
    .PARAMETER Since
    Nothing before this time. A local time is compared in UTC with StartTime.
    .PARAMETER Until
    Nothing after this time.
    .PARAMETER Connector
    Only connectors whose names match. Send connectors have their plain names in
    the log, receive connectors 'SERVER\name'.
    .PARAMETER Cause
    Only sessions that failed with these causes; Tab lists them.
    .PARAMETER IncludeRejection
    Judges sessions in which only messages or recipients were refused as failed
    too: Cause is then MessageRejected or Throttled.
    .PARAMETER IncludeRecords
    Fills the property Records with the log lines of each session, as written.
    .INPUTS
    System.String
    Paths of log files and folders. Objects with a property FullName or Path are
    taken too.
    .OUTPUTS
    ExchangeTls.SmtpSession
    One object for each session.
    .EXAMPLE
    Get-SmtpSession -Path .\SmtpSend

    Lists the sessions of the logs in the folder SmtpSend.
    .EXAMPLE
    Get-SmtpSession .\SmtpReceive | Where-Object -FilterScript { $_.MessageCount -and -not $_.TlsProtocol } | Group-Object -Property RemoteHost -NoElement

    Tells who still delivers mail without TLS.
    .EXAMPLE
    Get-SmtpSession .\Logs -Recurse | Group-Object -Property LogType, TlsProtocol, TlsCipher -NoElement

    Counts the sessions of all servers by TLS version and cipher.
    .EXAMPLE
    Get-SmtpSession .\SmtpSend | Sort-Object -Property LongestGap -Descending | Select-Object -First 5 -Property StartTime, RemoteHost, LongestGap, Duration

    Finds the sessions with the longest silence between two records.
    .EXAMPLE
    Get-SendConnectorFailure .\SmtpSend -Cause OwnCertificateNotEnabled | Get-SmtpSession -Connector "Outbound*"

    Reads the files of these failures again, for all sessions of the connectors
    that match.
    .LINK
    Get-SendConnectorFailure
    .LINK
    Get-ReceiveConnectorFailure
    .LINK
    about_ExchangeTls
    #>
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

        [switch] $IncludeRecords
    )
    begin { $paths = New-Object -TypeName 'System.Collections.Generic.List[string]' }
    process { Add-LogPath -Cmdlet $PSCmdlet -Bound $PSBoundParameters -To $paths -InputItem $_ }
    end { Read-Log -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Path $paths -LogType $LogType -Session }
}

function Test-ExchangeTlsCert {
    <#
    .SYNOPSIS
    Says what is wrong with certificates, with their duplicates and with their chains.
    .DESCRIPTION
    Tests certificates as the mail servers that see them do, and as Exchange
    does when it chooses one, and gives one object for each: every finding by
    name, worst first, the chain as far as it could be built, and the commands
    that help. Result is Fail where a finding is an Error, Warning where one is
    a Warning, else Pass. What cannot be checked is never a pass.

    All certificates of one command are judged together: duplicates are found
    among them, and Selected is true for the one that a connector with the name
    asked for would present. So give all that are in the store, not only the one
    in question. What an object does not tell is empty and no finding: objects
    that came through remoting or Import-Clixml do not know whether there is a
    private key, and often not the services; the Cert: drive and -Store do.

    Nothing is changed, nothing is sent and nothing is fetched from the
    internet: revocation is checked against the lists given with -Crl. The
    commands in Remedy are yours to run.
    .PARAMETER Certificate
    Certificates of Get-ExchangeCertificate or of the Cert: drive, live, by
    remoting or from Import-Clixml, and anything with a property RawData. From
    the pipeline also files, text (paths and thumbprints), and failures and
    sessions, of which the certificate that this side sent is looked up by its
    thumbprint, as with -Thumbprint.
    .PARAMETER Thumbprint
    Gives only certificates with these thumbprints. They are looked up in -Path,
    -Certificate or -Store, where they are judged among all others.
    .PARAMETER Path
    Files with certificates: PEM, DER or P7B, with one or several. Also
    wildcards, and folders, of which files are read that are named like
    certificates (*.cer, *.pem, *.p7b and so on). Certificates that issued
    another one in the same file are not tested themselves, but serve as
    intermediates.
    .PARAMETER LiteralPath
    Files or folders in whose names no character is a wildcard.
    .PARAMETER Store
    Stores, all certificates of which are tested: Cert:\LocalMachine\My,
    LocalMachine\My or My. Without any certificates given it is
    Cert:\LocalMachine\My, outside Windows Cert:\CurrentUser\My.
    .PARAMETER TlsCertificateName
    <I>issuer<S>subject, as connectors have it: which certificates answer to it,
    and which of them is sent.
    .PARAMETER SendConnector
    Send connectors that present the certificates: objects of Get-SendConnector,
    live, by remoting or from Import-Clixml.
    .PARAMETER Fqdn
    The name, or address, that other servers and clients ask for. The
    certificate must carry it, and everyone must be able to trust it.
    .PARAMETER Intermediate
    Intermediate certificates: files, folders, or stores as Cert:\LocalMachine\CA.
    Without it, those of the machine. An empty list is none.
    .PARAMETER Root
    Trusted certificates: files, folders, or stores as Cert:\LocalMachine\Root.
    Without it, those of the machine. An empty list is none.
    .PARAMETER Crl
    Files with certificate revocation lists, as the CA publishes them.
    .PARAMETER At
    The time to judge at. Without it, now. Useful to ask how things stood when a
    log was written, or how they will stand next month.
    .PARAMETER ExpiryWarningDays
    How many days before its end a certificate has the finding ExpiresSoon.
    .INPUTS
    System.Object
    Certificates, files, paths, thumbprints, and the failures and sessions of
    the other cmdlets.
    .OUTPUTS
    ExchangeTls.CertificateTest
    One object for each certificate tested. Format-List shows findings, chain
    and remedy.
    .EXAMPLE
    Test-ExchangeTlsCert -Path .\mail.pem -Fqdn mail.contoso.com

    Tests the certificates in a file before they are imported, for a server that
    others know by this name.
    .EXAMPLE
    Get-ExchangeCertificate | Test-ExchangeTlsCert -SendConnector (Get-SendConnector) | Format-List

    In the Exchange Management Shell: which certificate does each connector
    send, and what is wrong with any of them. Get-ExchangeCertificate does not
    list certificates without a private key; the store has them all.
    .EXAMPLE
    Get-SendConnectorFailure -Path .\SmtpSend | Test-ExchangeTlsCert -Path .\Certificates

    Tests the certificates that were sent in failed sessions, looked up in a
    folder of exported ones. Without the last -Path they are looked up in the
    store of this server, among their duplicates.
    .EXAMPLE
    Import-Clixml -Path .\certificates.xml | Test-ExchangeTlsCert -SendConnector (Import-Clixml -Path .\connectors.xml) -Root .\roots.pem -At 2026-06-01

    Analyzes on another machine what was exported on the server, as of the first
    of June.
    .EXAMPLE
    Test-ExchangeTlsCert .\Certificates -ExpiryWarningDays 60 | Select-Object -Property Result, NotAfter, Subject, Thumbprint, @{ Name = 'Findings'; Expression = { $_.Findings -join '; ' } } | Export-Csv -Path .\certificates.csv -NoTypeInformation

    Hands the findings on as a table for a spreadsheet.
    .LINK
    Get-SendConnectorFailure
    .LINK
    Get-ReceiveConnectorFailure
    .LINK
    about_ExchangeTls
    #>
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
        [int] $ExpiryWarningDays = 30
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
    <#
    .SYNOPSIS
    Says why a queue hangs, by its LastError.
    .DESCRIPTION
    Takes queues as Get-Queue gives them, live, over remoting or from
    Import-Clixml, or the bare text of a LastError, and gives one object for each
    queue that has an error: the replies in it from the outermost to the
    innermost, the host that was tried, the cause, and what to do next.

    A queue often cannot know the cause: "421 4.4.1 Connection timed out" is what
    it says of a TLS handshake that failed, too. Then NextStep says which log
    tells, and how to switch it on. Nothing is changed and nothing is sent.
    .PARAMETER InputObject
    Queues, or texts. Objects without a LastError give nothing.
    .INPUTS
    System.Object
    Queues as Get-Queue gives them, or texts.
    .OUTPUTS
    ExchangeTls.QueueFailure
    One object for each queue with an error.
    .EXAMPLE
    Get-Queue | Get-QueueFailure

    In the Exchange Management Shell: why queues of this server hang.
    .EXAMPLE
    Get-QueueFailure '451 4.4.0 Primary target IP address responded with: "421 4.4.1 Connection timed out." Attempted failover to alternate host, but that did not succeed.' | Format-List

    What a text from the queue viewer or a ticket says, and what to do next.
    .EXAMPLE
    Import-Clixml -Path .\queues.xml | Get-QueueFailure | Group-Object -Property Cause

    Counts by cause what was exported on a server.
    .LINK
    Get-ExchangeTlsDiagnosis
    .LINK
    Test-ReceiveConnectorAuth
    .LINK
    about_ExchangeTls
    #>
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
    <#
    .SYNOPSIS
    Tests whether receive connectors let other Exchange servers authenticate.
    .DESCRIPTION
    Mail between Exchange servers hangs with "451 5.7.3 Cannot achieve Exchange
    Server authentication" where the receive connector that answers does not allow
    ExchangeServer authentication (KB 979175). This cmdlet tells by bindings and
    address ranges which connectors other servers of the organization meet, and
    what each of them lacks. A connector that is not meant for them is said to be
    so, and not blamed.

    Takes connectors as Get-ReceiveConnector gives them, live, over remoting or
    from Import-Clixml; give those of all servers at once, since one connector
    decides what another one is met for. Servers (Get-TransportService,
    Get-ExchangeServer) may stand among them. Nothing is changed.
    .PARAMETER ReceiveConnector
    Receive connectors, and servers among them.
    .INPUTS
    System.Object
    Receive connectors as Get-ReceiveConnector gives them.
    .OUTPUTS
    ExchangeTls.ConnectorTest
    One object for each connector.
    .EXAMPLE
    Get-ReceiveConnector | Test-ReceiveConnectorAuth

    In the Exchange Management Shell: all connectors of the organization.
    .EXAMPLE
    Import-Clixml -Path .\receive-connectors.xml | Test-ReceiveConnectorAuth | Where-Object -Property Result -EQ -Value Fail | Format-List

    What was exported on a server: the connectors that stop mail between
    servers, and the command that mends each.
    .EXAMPLE
    Test-ReceiveConnectorAuth (Import-Clixml -Path .\receive-connectors.xml) | Export-Csv -Path .\receive-connectors.csv -NoTypeInformation

    Hands the findings on as a table; lists stand in one cell each.
    .LINK
    Get-ExchangeTlsDiagnosis
    .LINK
    Get-QueueFailure
    .LINK
    about_ExchangeTls
    #>
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
    <#
    .SYNOPSIS
    Says why mail hangs: joins queues, connectors, logs and certificates.
    .DESCRIPTION
    Gives one object for each problem found, worst first: its cause, what shows it
    (queue, log line, certificate, connector), and the commands that help, in
    order. A failed session in a protocol log is joined with the queues that wait
    for it, with the connector and with the certificate that was sent: whether
    that is in the store, has its private key, has a namesake, is bound to SMTP,
    has a whole chain.

    In the Exchange Management Shell, without parameters, it asks for what it
    needs and warns of what it could not read. Anywhere else it takes what was
    collected on the servers: folders of exported objects, certificates and logs
    (-Path), or the objects themselves. What was not collected is not known: it
    is said to be so and never taken for well.

    Nothing is changed and nothing is sent: the commands in Remedy are yours to
    run.
    .PARAMETER Path
    What was collected: folders, or files of Export-Clixml or ConvertTo-Json
    (.xml, .json), protocol logs (.log) and certificates. Folders below a folder
    are read too. Takes files from the pipeline.
    .PARAMETER InputObject
    Objects of Get-Queue, Get-SendConnector, Get-ReceiveConnector,
    Get-ExchangeCertificate, Get-TransportService or Get-ExchangeServer, and
    certificates of a store, in any order, live or deserialized.
    .PARAMETER LogPath
    Files and folders of protocol logs. Folders below a folder are read too.
    .PARAMETER Server
    Exchange servers to ask, where nothing was collected; this one where none is
    named. Their logs are read by their administrative shares.
    .PARAMETER Since
    Nothing of the logs before this time.
    .PARAMETER Until
    Nothing of the logs after this time.
    .PARAMETER Intermediate
    Files or folders of the intermediate certificates that the servers have.
    .PARAMETER Root
    Files or folders of trusted roots.
    .PARAMETER Crl
    Files of revocation lists.
    .PARAMETER At
    The instant to judge certificates at. Without it, now.
    .INPUTS
    System.Object
    Exchange objects, or files.
    .OUTPUTS
    ExchangeTls.Diagnosis
    One object for each problem.
    .EXAMPLE
    Get-ExchangeTlsDiagnosis

    In the Exchange Management Shell on a server: why mail hangs there.
    .EXAMPLE
    Get-ExchangeTlsDiagnosis -Path .\Collected | Format-List

    From a folder of what was collected on servers, on any computer.
    .EXAMPLE
    Get-ExchangeTlsDiagnosis -InputObject (Import-Clixml -Path .\queues.xml), (Import-Clixml -Path .\connectors.xml) -LogPath .\SmtpSend

    From exported objects and a folder of logs.
    .EXAMPLE
    Get-ExchangeTlsDiagnosis -Server EX01, EX02 -Since (Get-Date).AddDays(-1)

    Asks two servers, and reads their logs of the last 24 hours.
    .EXAMPLE
    Get-ExchangeTlsDiagnosis -Path .\Collected | Export-Csv -Path .\diagnoses.csv -NoTypeInformation

    Hands the problems on as a table; lists stand in one cell each.
    .LINK
    Get-SendConnectorFailure
    .LINK
    Get-QueueFailure
    .LINK
    Test-ExchangeTlsCert
    .LINK
    Test-ReceiveConnectorAuth
    .LINK
    about_ExchangeTls
    #>
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

        [datetime] $At
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

Import-Library

# Remoting serializes one level deep; certificates and findings are below it. Also for
# objects that are handed on once more. Not in a types file: loading another
# copy of the module would fail on it before it can say why it is refused.
foreach ($type in 'ConnectorFailure', 'SmtpSession', 'CertificateTest', 'QueueFailure', 'ConnectorTest', 'Diagnosis' | ForEach-Object { "ExchangeTls.$_" }) {
    Update-TypeData -TypeName $type -SerializationDepth 2 -Force
    Update-TypeData -TypeName "Deserialized.$type" -SerializationDepth 2 -Force
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

Export-ModuleMember -Function Get-ExchangeTlsDiagnosis, Get-QueueFailure, Get-ReceiveConnectorFailure, Get-SendConnectorFailure, Get-SmtpSession, Test-ExchangeTlsCert, Test-ReceiveConnectorAuth
