# What the tests share. Dot-sourced by every *.Tests.ps1, in discovery and in BeforeAll.
Set-StrictMode -Version Latest

$Root = [System.IO.Path]::GetFullPath((Join-Path -Path $PSScriptRoot -ChildPath '../..'))
# The module under test: the source tree's, or a package's.
$ModulePath = if ($env:EXCHANGETLS_MODULE) { $env:EXCHANGETLS_MODULE } else { [System.IO.Path]::Combine($Root, 'powershell', 'ExchangeTls') }
$Data = [System.IO.Path]::Combine($Root, 'tests', 'data')
$Seeds = Join-Path -Path $Data -ChildPath 'seeds'
$Cases = Join-Path -Path $Data -ChildPath 'logs'
$LogCommands = 'Get-ReceiveConnectorFailure', 'Get-SendConnectorFailure', 'Get-SmtpSession'
$Commands = @('Export-ExchangeTlsReport', 'Get-ExchangeTlsDiagnosis', 'Get-QueueFailure') + $LogCommands + @('Test-ExchangeTlsCert', 'Test-ReceiveConnectorAuth')
# Real exports of Exchange objects, where they are at hand.
$Exports = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($Root, '..', 'shared', 'data', 'exchange-objects'))
# Fewer cases than this means that the data were not found.
$AtLeast = 200

if (Test-Path -LiteralPath variable:PSStyle) { $PSStyle.OutputRendering = 'PlainText' }

function Import-TestModule {
    if (-not (Get-Module -Name ExchangeTls)) { Import-Module -Name $ModulePath -Scope Global }
}

function Get-CaseInput {
    # The input folder of a case of tests/data/logs.
    param([Parameter(Mandatory)] [string] $Name)
    $folder = [System.IO.Path]::Combine($Cases, $Name, 'input')
    if (-not (Test-Path -LiteralPath $folder)) { throw "There is no case $Name." }
    $folder
}

function Invoke-Child {
    # Runs a script in a process of its own and gives all it prints as one text.
    param([Parameter(Mandatory)] [string] $Script, [hashtable] $Environment = @{}, [string[]] $StandardInput = @())
    $file = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath "$([guid]::NewGuid()).ps1"
    $before = @{}
    try {
        foreach ($name in $Environment.Keys) {
            $before[$name] = [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $Environment[$name])
        }
        $plain = 'if (Test-Path -LiteralPath variable:PSStyle) { $PSStyle.OutputRendering = ''PlainText'' }'
        [System.IO.File]::WriteAllText($file, "$plain`n`$ModulePath = '$ModulePath'`n`$Seeds = '$Seeds'`n$Script")
        # One line for each message, however narrow the console is taken to be.
        ($StandardInput | & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -File $file 2>&1 | ForEach-Object { "$_" }) -join "`n"
    }
    finally {
        foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
        Remove-Item -LiteralPath $file -ErrorAction SilentlyContinue
    }
}

function Copy-Module {
    # A copy of the module, to be damaged.
    param([Parameter(Mandatory)] [string] $To)
    $copy = Join-Path -Path $To -ChildPath 'ExchangeTls'
    Copy-Item -LiteralPath $ModulePath -Destination $copy -Recurse
    $copy
}

function Get-Native {
    # A type of the binding, internal ones too.
    param([Parameter(Mandatory)] [string] $Name)
    $type = [ExchangeTls.Library].Assembly.GetType("ExchangeTls.$Name")
    if (-not $type) { throw "The binding has no type $Name." }
    $type
}

function New-LogFolder {
    # A folder of healthy send logs, $Files times $Sessions sessions of about 2 KB. The files are
    # links to one: what takes time is to be the reading, not the writing.
    param([Parameter(Mandatory)] [string] $Folder, [int] $Sessions, [int] $Files = 1)
    $source = Get-ChildItem -LiteralPath (Get-CaseInput -Name 'healthy-send-tls-old') -File | Select-Object -First 1
    $lines = [System.IO.File]::ReadAllLines($source.FullName)
    $header = ($lines | Where-Object { $_.StartsWith('#') }) -join "`r`n"
    $records = @($lines | Where-Object { $_ -and -not $_.StartsWith('#') })
    $id = $records[0].Split(',')[2]
    $records = ($records | Where-Object { $_.Contains($id) }) -join "`r`n"
    [void] (New-Item -ItemType Directory -Path $Folder -Force)
    $first = Join-Path -Path $Folder -ChildPath 'SEND20240105-1.LOG'
    $writer = [System.IO.StreamWriter]::new($first)
    $writer.NewLine = "`r`n"
    $writer.WriteLine($header)
    for ($number = 0; $number -lt $Sessions; $number++) {
        $writer.WriteLine($records.Replace($id, ('{0:X16}' -f (0x08D50D3D9730A8D2 + $number))))
    }
    $writer.Dispose()
    for ($number = 2; $number -le $Files; $number++) {
        [void] (New-Item -ItemType HardLink -Path (Join-Path -Path $Folder -ChildPath "SEND20240105-$number.LOG") -Target $first)
    }
    $Folder
}
