BeforeAll {
    . $PSScriptRoot/common.ps1
    Import-TestModule
}

Describe 'Get-SmtpSession' {
    It 'gives the properties of the contract, each with its type' {
        $session = Get-SmtpSession -Path (Get-CaseInput -Name 'healthy-send-tls-new')
        $session.PSObject.TypeNames[0] | Should -BeExactly 'ExchangeTls.SmtpSession'
        $session.PSObject.Properties.Name -join ' ' | Should -BeExactly ('StartTime EndTime Duration LogType Connector SessionId LocalEndpoint RemoteEndpoint ' +
            'LocalHost RemoteHost TlsProtocol TlsCipher Certificate RemoteCertificate Authentication AuthenticatedAs MessageCount Sender Recipient ' +
            'InternetMessageId OfferedExtensions EndedBy Cause Complete LongestGap Path Line RecordCount Records')
        $session.StartTime.ToString('o') | Should -BeExactly '2024-01-05T08:00:00.0000000Z'
        $session.EndTime.Kind | Should -Be 'Utc'
        $session.Duration | Should -BeOfType [timespan]
        $session.Duration.TotalMilliseconds | Should -Be 368
        $session.LongestGap | Should -BeOfType [timespan]
        $session.MessageCount | Should -Be 1
        , $session.Recipient | Should -BeOfType [string[]]
        $session.Recipient | Should -Be @('bob@tailspin.mail.onmicrosoft.com', 'eve@tailspin.mail.onmicrosoft.com')
        $session.Sender | Should -Be 'alice@contoso.com'
        $session.InternetMessageId | Should -HaveCount 1
        $session.RemoteCertificate.Subject | Should -BeLike 'CN=mail.protection.outlook.com,*'
        $session.Cause | Should -BeNullOrEmpty
        $session.EndedBy | Should -BeExactly 'Local'
        $session.RecordCount | Should -Be 25
    }

    It 'reads either kind of log, or one with -LogType' {
        $both = @((Get-CaseInput -Name 'healthy-send-tls-new'), (Get-CaseInput -Name 'healthy-recv-tls-new'))
        (Get-SmtpSession -Path $both).LogType | Select-Object -Unique | Sort-Object | Should -Be @('Receive', 'Send')
        (Get-SmtpSession -Path $both -LogType Send).LogType | Select-Object -Unique | Should -Be 'Send'
        (Get-SmtpSession -Path $both -LogType receive).LogType | Select-Object -Unique | Should -Be 'Receive'
        { Get-SmtpSession -Path $both -LogType Both } | Should -Throw -ErrorId 'ParameterArgumentValidationError,Get-SmtpSession'
    }

    It 'names the cause where a session failed, and filters by it' {
        $folder = Join-Path -Path $Seeds -ChildPath 'kb4051498'
        Get-SmtpSession -Path $folder | Should -HaveCount 3
        (Get-SmtpSession -Path $folder -Cause OwnCertificateNotEnabled).SessionId | Should -BeExactly '08D50D3D9730A8D2'
    }

    It 'judges refused messages with -IncludeRejection only' {
        $folder = Get-CaseInput -Name 'recv-message-rejected-relay'
        (Get-SmtpSession -Path $folder).Cause | Where-Object { $_ } | Should -BeNullOrEmpty
        (Get-SmtpSession -Path $folder -IncludeRejection).Cause | Should -Contain 'MessageRejected'
    }

    It 'compares -Since and -Until with StartTime' {
        $folder = Join-Path -Path $Seeds -ChildPath 'kb4051498'
        $start = [datetime]::new(2017, 10, 7, 4, 42, 56, 522, [System.DateTimeKind]::Utc)
        (Get-SmtpSession -Path $folder -Since $start -Until $start).SessionId | Should -BeExactly '08D50D3D9730A8D2'
    }

    It 'gives the records with -IncludeRecords only' {
        $folder = Get-CaseInput -Name 'healthy-send-tls-new'
        (Get-SmtpSession -Path $folder).Records | Should -BeNullOrEmpty
        (Get-SmtpSession -Path $folder -IncludeRecords).Records | Should -HaveCount 25
    }

    It 'gives every session of a long log, in pages' {
        $folder = New-LogFolder -Folder (Join-Path -Path $TestDrive -ChildPath 'many') -Sessions 5000
        $sessions = @(Get-SmtpSession -Path $folder)
        $sessions | Should -HaveCount 5000
        @($sessions.SessionId | Select-Object -Unique) | Should -HaveCount 5000
    }
}
