BeforeAll {
    . $PSScriptRoot/common.ps1
    Import-TestModule
}

Describe 'Get-ReceiveConnectorFailure' {
    It 'reads a failure of a receive connector' {
        $failure = Get-ReceiveConnectorFailure -Path (Get-CaseInput -Name 'recv-own-certificate-no-key-new')
        $failure.PSObject.TypeNames[0] | Should -BeExactly 'ExchangeTls.ConnectorFailure'
        $failure.LogType | Should -BeExactly 'Receive'
        $failure.Cause | Should -BeExactly 'OwnCertificateNoKey'
        $failure.Stage | Should -BeExactly 'TlsHandshake'
        $failure.Connector | Should -BeLike '*\*'
        $failure.Certificate.Thumbprint | Should -Match '^[0-9A-F]{40}$'
    }

    It 'matches the server in the name of a connector' {
        $folder = Get-CaseInput -Name 'recv-own-certificate-no-key-new'
        $server = (Get-ReceiveConnectorFailure -Path $folder).Connector.Split('\')[0]
        Get-ReceiveConnectorFailure -Path $folder -Connector "$server\*" | Should -HaveCount 1
        Get-ReceiveConnectorFailure -Path $folder -Connector 'OTHER\*' | Should -BeNullOrEmpty
    }

    It 'is silent about probes and callers without a certificate' {
        Get-ReceiveConnectorFailure -Path (Get-CaseInput -Name 'healthy-recv-probes') -ErrorVariable failed | Should -BeNullOrEmpty
        Get-ReceiveConnectorFailure -Path (Get-CaseInput -Name 'healthy-recv-client-certificate-untrusted-info') -ErrorVariable +failed | Should -BeNullOrEmpty
        $failed | Should -BeNullOrEmpty
    }

    It 'gives refused messages with -IncludeRejection only' {
        $folder = Get-CaseInput -Name 'recv-message-rejected-relay'
        Get-ReceiveConnectorFailure -Path $folder | Should -BeNullOrEmpty
        $refused = @(Get-ReceiveConnectorFailure -Path $folder -IncludeRejection)
        $refused.Count | Should -BeGreaterThan 0
        $refused[0].Reply | Should -Match '^\d\d\d '
    }

    It 'passes over send logs beside receive logs, and refuses them alone' {
        $both = Join-Path -Path $TestDrive -ChildPath 'both'
        [void] (New-Item -ItemType Directory -Path $both)
        Get-ChildItem -LiteralPath (Get-CaseInput -Name 'recv-own-certificate-no-key-new'), (Get-CaseInput -Name 'send-tls-aborted-no-result') -File |
            Copy-Item -Destination $both
        Get-ReceiveConnectorFailure -Path $both -ErrorVariable failed | Should -HaveCount 1
        $failed | Should -BeNullOrEmpty
        Get-SendConnectorFailure -Path $both -ErrorVariable failed | Should -Not -BeNullOrEmpty
        $failed | Should -BeNullOrEmpty

        Get-ReceiveConnectorFailure -Path $Seeds -Recurse -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeExactly 'OtherDirection,Get-ReceiveConnectorFailure'
        $failed[0].Exception.Message | Should -BeLike '*SMTP Send protocol log; expected an SMTP Receive protocol log*'
    }
}
