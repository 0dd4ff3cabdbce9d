BeforeAll {
    . $PSScriptRoot/common.ps1
    Import-TestModule
}

Describe 'Get-SendConnectorFailure' {
    It 'reads the failure of <Article> whole' -ForEach @(
        @{ Article = 'kb4051498'; Cause = 'OwnCertificateNotEnabled'; Count = 1 }
        @{ Article = 'kb4495258'; Cause = 'OwnCertificateNoKey'; Count = 2 }
        @{ Article = 'kb979175'; Cause = 'ExchangeAuthUnavailable'; Count = 2 }
        @{ Article = 'nocredentials-duplicate'; Cause = 'OwnCertificateNoKey'; Count = 2 }
    ) {
        $found = @(Get-SendConnectorFailure -Path (Join-Path -Path $Seeds -ChildPath $Article))
        $found | Should -HaveCount $Count
        $found.Cause | Select-Object -Unique | Should -Be $Cause
        foreach ($failure in $found) {
            $failure.PSObject.TypeNames[0] | Should -BeExactly 'ExchangeTls.ConnectorFailure'
            $failure.Diagnosis | Should -Not -BeNullOrEmpty
            $failure.Remedy.Count | Should -BeGreaterThan 0
            $failure.Reference.Count | Should -BeGreaterThan 0
        }
    }

    It 'gives the properties of the contract, each with its type' {
        $failure = Get-SendConnectorFailure -Path (Join-Path -Path $Seeds -ChildPath 'kb4051498')
        $failure.PSObject.Properties.Name -join ' ' | Should -BeExactly ('Time StartTime LogType Connector SessionId LocalEndpoint RemoteEndpoint RemoteHost ' +
            'Stage Cause Error Reply Certificate RemoteCertificate TlsProtocol AuthLevel OfferedExtensions Diagnosis Remedy Reference Complete Path Line Records')
        $failure.Time | Should -BeOfType [datetime]
        $failure.Time.Kind | Should -Be 'Utc'
        $failure.Time.ToString('o') | Should -BeExactly '2017-10-07T04:42:56.8040000Z'
        $failure.Complete | Should -BeOfType [bool]
        $failure.Line | Should -Be 63
        $failure.Path | Should -BeExactly ([System.IO.Path]::Combine($Seeds, 'kb4051498', 'SEND20171007-1.LOG'))
        , $failure.OfferedExtensions | Should -BeOfType [string[]]
        $failure.Reply | Should -BeNullOrEmpty
        $failure.RemoteCertificate | Should -BeNullOrEmpty
        $failure.Certificate.PSObject.Properties.Name -join ' ' | Should -BeExactly 'Subject Issuer SerialNumber Thumbprint AlternateNames NotBefore NotAfter'
        $failure.Certificate.Thumbprint | Should -BeExactly 'D8A1F0B2C3947586E7F60918273645546372819A'
        $failure.Certificate.AlternateNames | Should -Be @('*.domai.com', 'conotso.com')
        $failure.Certificate.NotAfter | Should -BeNullOrEmpty
    }

    It 'keeps to the times of a certificate' {
        $failure = Get-SendConnectorFailure -Path (Get-CaseInput 'send-own-certificate-not-enabled-new') | Select-Object -First 1
        $failure.Certificate.NotBefore | Should -BeOfType [datetime]
        $failure.Certificate.NotBefore.Kind | Should -Be 'Utc'
        $failure.Certificate.NotAfter | Should -BeGreaterThan $failure.Certificate.NotBefore
    }

    It 'gives the records with -IncludeRecords only' {
        $folder = Join-Path -Path $Seeds -ChildPath 'kb4051498'
        (Get-SendConnectorFailure -Path $folder).Records | Should -BeNullOrEmpty
        $records = (Get-SendConnectorFailure -Path $folder -IncludeRecords).Records
        $records | Should -HaveCount 23
        $records -match 'UnknownCredentials' | Should -HaveCount 1
    }

    It 'gives refused messages with -IncludeRejection only' {
        $folder = Get-CaseInput 'send-message-rejected'
        Get-SendConnectorFailure -Path $folder | Should -BeNullOrEmpty
        (Get-SendConnectorFailure -Path $folder -IncludeRejection).Cause | Select-Object -Unique | Should -Be 'MessageRejected'
    }

    Context '-Cause' {
        It 'leaves out other causes, whatever the case of the letters' {
            Get-SendConnectorFailure -Path $Seeds -Recurse -Cause ownCertificateNOKEY | Should -HaveCount 4
            Get-SendConnectorFailure -Path $Seeds -Recurse -Cause OwnCertificateNoKey, OwnCertificateNotEnabled | Should -HaveCount 5
            Get-SendConnectorFailure -Path $Seeds -Recurse -Cause Throttled | Should -BeNullOrEmpty
        }

        It 'refuses a name that is none, and names those that are' {
            $refused = { Get-SendConnectorFailure -Path $Seeds -Cause Nonsense } | Should -Throw -PassThru -ErrorId 'UnknownCause,Get-SendConnectorFailure'
            $refused.Exception.Message | Should -BeLike "'Nonsense' is not a cause. The causes are: OwnCertificateNotEnabled, *, Unknown."
        }

        It 'is completed for <_>' -ForEach $(. $PSScriptRoot/common.ps1; $LogCommands) {
            $text = "$_ -Cause PeerC"
            $found = (TabExpansion2 -inputScript $text -cursorColumn $text.Length).CompletionMatches
            $found.CompletionText | Should -Be @('PeerCertificateUntrusted', 'PeerCertificateExpired', 'PeerCertificateNameMismatch', 'PeerCertificateRevoked')
            $found[1].ToolTip | Should -BeExactly "The peer's certificate has expired."
        }
    }

    Context '-Connector' {
        It 'takes wildcards: <Pattern>' -ForEach @(
            @{ Pattern = 'Outbound*'; Count = 5 }
            @{ Pattern = 'outbound to office 365'; Count = 5 }
            @{ Pattern = '*office ?6[45]'; Count = 5 }
            @{ Pattern = 'Intra-Organization*', 'Outbound**'; Count = 7 }
            @{ Pattern = 'Office'; Count = 0 }
            @{ Pattern = 'Outbound`*'; Count = 0 }
        ) {
            @(Get-SendConnectorFailure -Path $Seeds -Recurse -Connector $Pattern) | Should -HaveCount $Count
        }

        It 'takes characters escaped by a backtick as themselves' {
            $log = Join-Path -Path $TestDrive -ChildPath 'SEND20171007-1.LOG'
            $text = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($Seeds, 'kb4051498', 'SEND20171007-1.LOG'))
            [System.IO.File]::WriteAllText($log, $text.Replace('Outbound to Office 365', 'To [365] *'))
            Get-SendConnectorFailure -Path $log -Connector 'To `[365`] `*' | Should -HaveCount 1
            Get-SendConnectorFailure -Path $log -Connector '*`[3*' | Should -HaveCount 1
            Get-SendConnectorFailure -Path $log -Connector 'To [365] *' | Should -BeNullOrEmpty
        }

        It 'is refused in words where it is no wildcard' {
            { Get-SendConnectorFailure -Path $Seeds -Connector '[' } | Should -Throw -ExpectedMessage '*not a usable wildcard*' -ErrorId 'InvalidArgument,Get-SendConnectorFailure'
        }
    }

    Context '-Since and -Until' {
        BeforeAll {
            $folder = Join-Path -Path $Seeds -ChildPath 'kb4051498'
            $utc = [datetime]::new(2017, 10, 7, 4, 42, 56, 804, [System.DateTimeKind]::Utc)
        }

        It 'compare in UTC with Time, ends included: <Kind>' -ForEach @('Utc', 'Local', 'Unspecified' | ForEach-Object { @{ Kind = $_ } }) {
            $time = switch ($Kind) {
                'Utc' { $utc }
                'Local' { $utc.ToLocalTime() }
                'Unspecified' { [datetime]::SpecifyKind($utc.ToLocalTime(), 'Unspecified') }
            }
            Get-SendConnectorFailure -Path $folder -Since $time -Until $time | Should -HaveCount 1
            Get-SendConnectorFailure -Path $folder -Since $time.AddMilliseconds(1) | Should -BeNullOrEmpty
            Get-SendConnectorFailure -Path $folder -Until $time.AddMilliseconds(-1) | Should -BeNullOrEmpty
        }

        It 'take the ends of time' {
            Get-SendConnectorFailure -Path $folder -Since ([datetime]::MinValue) -Until ([datetime]::MaxValue) | Should -HaveCount 1
        }

        It 'are local where the machine is far from UTC' {
            $count = Invoke-Child -Environment @{ TZ = 'Asia/Taipei' } -Script @'
Import-Module $ModulePath
$folder = Join-Path $Seeds kb4051498
@(Get-SendConnectorFailure $folder -Since '2017-10-07T12:42:56' -Until '2017-10-07T12:42:57').Count
@(Get-SendConnectorFailure $folder -Since '2017-10-07T04:42:56Z' -Until '2017-10-07T04:42:57Z').Count
@(Get-SendConnectorFailure $folder -Since '2017-10-07T12:42:57').Count
'@
            $count | Should -BeExactly "1`n1`n0"
        }

        It 'are refused in words where they contradict each other' {
            { Get-SendConnectorFailure -Path $folder -Since $utc -Until $utc.AddDays(-1) } |
                Should -Throw -ExpectedMessage '*is later than Until*' -ErrorId 'InvalidArgument,Get-SendConnectorFailure'
        }
    }
}
