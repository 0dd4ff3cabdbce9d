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

    It 'tells thousands of hosts apart, and makes what sessions share once' {
        # More text than the library keeps at a time of what sessions share (src/ffi/known.rs).
        $file = Join-Path -Path $TestDrive -ChildPath 'hosts.log'
        $writer = [System.IO.StreamWriter]::new($file)
        $writer.Write("#Software: Microsoft Exchange Server`r`n#Version: 15.0.0.0`r`n#Log-type: SMTP Send Protocol Log`r`n#Date: 2024-01-05T08:00:00.000Z`r`n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context`r`n")
        $hosts = foreach ($number in 1..6000) {
            $name = 'x' * 60 + '.' + 'y' * 50 + ".host$number.fabrikam.com"
            $start = '2024-01-05T08:{0:D2}:{1:D2}.000Z,Out,{2:X16}' -f [int] [Math]::Floor($number / 120), ($number % 60), $number
            $end = "10.0.0.1:$($number + 1000),192.0.2.1:25"
            $writer.Write("$start,0,$end,+,,`r`n$start,1,$end,<,220 $name ESMTP,`r`n$start,2,$end,>,MAIL FROM:<a$($number % 7)@contoso.com>,`r`n$start,3,$end,-,,Local`r`n")
            $name
        }
        $writer.Dispose()
        $sessions = @(Get-SmtpSession -Path $file)
        $sessions | Should -HaveCount 6000
        $sessions.RemoteHost -join "`n" | Should -BeExactly ($hosts -join "`n")
        $sessions.SessionId -join ' ' | Should -BeExactly ((1..6000 | ForEach-Object { '{0:X16}' -f $_ }) -join ' ')
        $sessions.Sender -join ' ' | Should -BeExactly ((1..6000 | ForEach-Object { "a$($_ % 7)@contoso.com" }) -join ' ')
        $sessions.LocalEndpoint[-1] | Should -BeExactly '10.0.0.1:7000'
        [object]::ReferenceEquals($sessions[0].Path, $sessions[1].Path) | Should -BeTrue
    }

    It 'survives Export-Clixml, which writes what is shared once' {
        $sessions = @(Get-SmtpSession -Path $Seeds -Recurse)
        $shared = @($sessions | Where-Object { $_.RemoteCertificate } | Group-Object -Property { "$($_.RemoteCertificate)" } | Where-Object { $_.Count -gt 1 })
        $shared.Count | Should -BeGreaterThan 0
        [object]::ReferenceEquals($shared[0].Group[0].RemoteCertificate, $shared[0].Group[1].RemoteCertificate) | Should -BeTrue
        $file = Join-Path -Path $TestDrive -ChildPath 'sessions.xml'
        $sessions | Export-Clixml -LiteralPath $file
        ConvertTo-Json -InputObject @(Import-Clixml -LiteralPath $file) -Depth 4 | Should -BeExactly (ConvertTo-Json -InputObject $sessions -Depth 4)
    }
}
