# Without a path: the log folders of this server. The commands of the Exchange
# Management Shell are stood in for; like the real ones they give deserialized
# objects, of whose paths only the text is left.
BeforeAll {
    . $PSScriptRoot/common.ps1
    Import-TestModule

    function New-Service {
        # What arrives through implicit remoting: written and read again.
        param([hashtable] $Path)
        $live = [pscustomobject] @{ Name = [Environment]::MachineName }
        foreach ($name in $Path.Keys) {
            $value = [System.IO.FileInfo]::new($Path[$name]) # like LocalLongFullPath: a type with a ToString
            Add-Member -InputObject $live -MemberType NoteProperty -Name $name -Value $value
        }
        $serializer = [System.Management.Automation.PSSerializer]
        $serializer::Deserialize($serializer::Serialize($live, 1))
    }

    function Set-Command {
        # For the module to see, a command must be global, as those of EMS are.
        param([string] $Name, [scriptblock] $Body)
        Set-Item -LiteralPath "Function:global:$Name" -Value $Body
    }

    function New-Log {
        param([string] $Folder, [string] $Case)
        [void] (New-Item -ItemType Directory -Path $Folder -Force)
        Get-ChildItem -LiteralPath (Get-CaseInput -Name $Case) -File | Copy-Item -Destination $Folder
        $Folder
    }
}

Describe 'The log folders of this server' {
    BeforeEach {
        $before = $env:ExchangeInstallPath
        $env:ExchangeInstallPath = ''
        $base = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
        $global:ExchangeTlsAsked = [System.Collections.ArrayList] @()
    }
    AfterEach {
        $env:ExchangeInstallPath = $before
        foreach ($name in 'TransportService', 'FrontendTransportService', 'MailboxTransportService', 'TransportServer') {
            Remove-Item -LiteralPath "Function:global:Get-$name" -ErrorAction SilentlyContinue
        }
        Remove-Variable -Name ExchangeTls* -Scope Global
    }

    It 'are those that the Exchange Management Shell names, of all services' {
        $global:ExchangeTlsService = @{
            Hub   = New-Service @{
                SendProtocolLogPath    = New-Log "$base/Hub/SmtpSend" 'send-own-certificate-no-key-new'
                ReceiveProtocolLogPath = New-Log "$base/Hub/SmtpReceive" 'recv-own-certificate-no-key-new'
            }
            Front = New-Service @{ SendProtocolLogPath = New-Log "$base/FrontEnd/SmtpSend" 'send-tls-aborted-no-result' }
        }
        Set-Command 'Get-TransportService' { param($Identity) [void] $global:ExchangeTlsAsked.Add($Identity); $global:ExchangeTlsService.Hub }
        Set-Command 'Get-FrontendTransportService' { param($Identity) $global:ExchangeTlsService.Front }
        $global:ExchangeTlsService.Hub.SendProtocolLogPath.PSObject.TypeNames[0] | Should -BeLike 'Deserialized.*'

        (Get-SendConnectorFailure).Cause | Should -Be @('OwnCertificateNoKey', 'TlsAborted')
        (Get-ReceiveConnectorFailure).Cause | Should -Be 'OwnCertificateNoKey'
        (Get-SmtpSession).LogType | Select-Object -Unique | Sort-Object | Should -Be @('Receive', 'Send')
        $global:ExchangeTlsAsked | Select-Object -Unique | Should -Be ([Environment]::MachineName)
    }

    It 'are found where one of the services is missing' {
        # An Edge server: the command is there, the front end is not.
        $global:ExchangeTlsService = New-Service @{ SendProtocolLogPath = New-Log "$base/Edge/SmtpSend" 'send-tls-aborted-no-result' }
        Set-Command 'Get-TransportService' { param($Identity) $global:ExchangeTlsService }
        Set-Command 'Get-FrontendTransportService' { [CmdletBinding()] param($Identity) Write-Error "The server '$Identity' couldn't be found." }
        (Get-SendConnectorFailure -ErrorVariable failed).Cause | Should -Be 'TlsAborted'
    }

    It 'are those that Get-TransportServer names on Exchange 2010' {
        $global:ExchangeTlsService = New-Service @{ SendProtocolLogPath = New-Log "$base/SmtpSend" 'send-tls-aborted-no-result' }
        Set-Command 'Get-TransportServer' { param($Identity) $global:ExchangeTlsService }
        (Get-SendConnectorFailure).Cause | Should -Be 'TlsAborted'
    }

    It 'are those below ExchangeInstallPath without these commands: <Layout>' -ForEach @(
        @{ Layout = 'TransportRoles/Logs/Hub/ProtocolLog/SmtpSend' }
        @{ Layout = 'TransportRoles/Logs/FrontEnd/ProtocolLog/SmtpSend' }
        @{ Layout = 'TransportRoles/Logs/Edge/ProtocolLog/SmtpSend' }
        @{ Layout = 'TransportRoles/Logs/Mailbox/ProtocolLog/SmtpSend/Delivery' }
        @{ Layout = 'TransportRoles/Logs/ProtocolLog/SmtpSend' }
    ) {
        [void] (New-Log "$base/$Layout" 'send-tls-aborted-no-result')
        [void] (New-Item -ItemType Directory -Path "$base/TransportRoles/Logs/Hub/ProtocolLog/SmtpSend" -Force)
        $env:ExchangeInstallPath = "$base/"
        (Get-SendConnectorFailure -ErrorVariable failed).Cause | Should -Be 'TlsAborted'
        $failed | Should -BeNullOrEmpty
    }

    It 'are asked for with -Path where this is no Exchange server' {
        foreach ($command in $LogCommands) {
            { & $command } | Should -Throw -ExpectedMessage '*Give the log files or folders with -Path.' -ErrorId "LogFolderNotFound,$command"
        }
        $env:ExchangeInstallPath = $base
        { Get-SendConnectorFailure } | Should -Throw -ExpectedMessage "*$([System.IO.Path]::Combine($base, 'TransportRoles', 'Logs', 'Hub', 'ProtocolLog', 'SmtpSend'))*"
    }

    It 'may be empty because logging is off, which is said' {
        [void] (New-Item -ItemType Directory -Path "$base/TransportRoles/Logs/Hub/ProtocolLog/SmtpSend" -Force)
        $env:ExchangeInstallPath = $base
        { Get-SendConnectorFailure } | Should -Throw -ExpectedMessage '*-ProtocolLoggingLevel Verbose*' -ErrorId 'LogFolderEmpty,Get-SendConnectorFailure'
    }
}
