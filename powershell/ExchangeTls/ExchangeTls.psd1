@{
    RootModule             = 'ExchangeTls.psm1'
    NestedModules          = @('Log.psm1', 'Certificate.psm1', 'CertificateTest.psm1', 'Evidence.psm1', 'Diagnosis.psm1', 'Report.psm1')
    ModuleVersion          = '0.1.0'
    GUID                   = '5ae4cb0d-9511-47e3-8d25-7a61e3f56692'
    Author                 = 'The ExchangeTls authors'
    CompanyName            = 'The ExchangeTls authors'
    Copyright              = '(c) The ExchangeTls authors. MIT license.'
    Description            = 'Finds out why Exchange mail hangs in the queue: reads SMTP protocol logs and names the cause of every failed session, with the certificate, and what to do about it; tests certificates, their duplicates and their chains. Works on the server and off it, without internet.'
    PowerShellVersion      = '5.1'
    DotNetFrameworkVersion = '4.7.2'
    CompatiblePSEditions   = @('Desktop', 'Core')
    FormatsToProcess       = @('ExchangeTls.Format.ps1xml', 'Evidence.Format.ps1xml')
    FunctionsToExport      = @('Export-ExchangeTlsReport', 'Get-ExchangeTlsDiagnosis', 'Get-QueueFailure', 'Get-ReceiveConnectorFailure', 'Get-SendConnectorFailure', 'Get-SmtpSession', 'Test-ExchangeTlsCert', 'Test-ReceiveConnectorAuth')
    CmdletsToExport        = @()
    VariablesToExport      = @()
    AliasesToExport        = @()
    PrivateData            = @{
        PSData = @{
            Tags         = @('Exchange', 'SMTP', 'TLS', 'Certificate', 'ProtocolLog', 'SendConnector', 'ReceiveConnector', 'Queue', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux')
            LicenseUri   = 'https://github.com/exchangetls/exchange-tls/blob/main/LICENSE'
            ProjectUri   = 'https://github.com/exchangetls/exchange-tls'
            ReleaseNotes = 'https://github.com/exchangetls/exchange-tls/blob/main/CHANGELOG.md'
        }
    }
}
