# The module as a guest in someone else's session: what it brings, what it leaves alone, how it says what is wrong.
BeforeAll {
    . $PSScriptRoot/common.ps1
    Import-TestModule
    $manifest = Import-PowerShellDataFile -LiteralPath (Join-Path -Path $ModulePath -ChildPath 'ExchangeTls.psd1')
    $text = [System.IO.File]::ReadAllText((Join-Path -Path $ModulePath -ChildPath 'ExchangeTls.psd1'))
}

Describe 'The manifest' {
    It 'has the version of Cargo.toml, as the library has' {
        $cargo = [regex]::Match([System.IO.File]::ReadAllText((Join-Path -Path $Root -ChildPath 'Cargo.toml')), '(?m)^version = "([^"]+)"').Groups[1].Value
        $manifest.ModuleVersion | Should -BeExactly $cargo
        [ExchangeTls.Library]::Version | Should -BeExactly $cargo
    }

    It 'lists what it exports, without wildcards' {
        $manifest.FunctionsToExport | Should -Be $Commands
        $manifest.CmdletsToExport + $manifest.AliasesToExport + $manifest.VariablesToExport | Should -BeNullOrEmpty
        $text | Should -Not -Match '\*'
        (Get-Command -Module ExchangeTls).Name | Sort-Object | Should -Be $Commands
    }

    It 'is valid, and for both editions' {
        Test-ModuleManifest -Path (Join-Path -Path $ModulePath -ChildPath 'ExchangeTls.psd1') -ErrorAction Stop | Should -Not -BeNullOrEmpty
        $manifest.CompatiblePSEditions | Should -Be @('Desktop', 'Core')
        $manifest.PowerShellVersion | Should -BeExactly '5.1'
        foreach ($uri in $manifest.PrivateData.PSData.LicenseUri, $manifest.PrivateData.PSData.ProjectUri, $manifest.PrivateData.PSData.ReleaseNotes) { $uri | Should -Match '^https://' }
        foreach ($tag in $manifest.PrivateData.PSData.Tags) { $tag | Should -Not -Match ' ' }
    }
}

Describe 'The cmdlets' {
    It '<_> has the parameters of the contract' -ForEach $(. $PSScriptRoot/common.ps1; $LogCommands) {
        $command = Get-Command -Name $_
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters
        $own = @($command.Parameters.Keys | Where-Object { $_ -notin $common -and $_ -ne 'LogType' })
        $own | Should -Be @('Path', 'LiteralPath', 'Recurse', 'Since', 'Until', 'Connector', 'Cause', 'IncludeRejection', 'IncludeRecords', 'TimeoutSeconds')
        $command.Parameters['Path'].Aliases | Should -Contain 'FullName'
        $command.Parameters['LiteralPath'].Aliases | Should -Be @('PSPath', 'LP')
        $command.Parameters.ContainsKey('LogType') | Should -Be ($_ -eq 'Get-SmtpSession')
        $command.OutputType.Name | Should -BeIn @('ExchangeTls.ConnectorFailure', 'ExchangeTls.SmtpSession')
    }

    It 'Test-ExchangeTlsCert has the parameters of the contract' {
        $command = Get-Command -Name Test-ExchangeTlsCert
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters
        @($command.Parameters.Keys | Where-Object { $_ -notin $common }) | Should -Be @('Path', 'LiteralPath', 'Certificate', 'Thumbprint', 'Store',
            'TlsCertificateName', 'SendConnector', 'Fqdn', 'Intermediate', 'Root', 'Crl', 'At', 'ExpiryWarningDays', 'TimeoutSeconds')
        $command.OutputType.Name | Should -Be 'ExchangeTls.CertificateTest'
    }

    It '<Name> has the parameters of the contract' -ForEach @(
        @{ Name = 'Get-QueueFailure'; Own = @('InputObject'); Gives = 'QueueFailure'; Alias = @{ InputObject = @('LastError', 'Queue') } }
        @{ Name = 'Test-ReceiveConnectorAuth'; Own = @('ReceiveConnector'); Gives = 'ConnectorTest'; Alias = @{ ReceiveConnector = @('InputObject') } }
        @{ Name = 'Get-ExchangeTlsDiagnosis'; Own = @('Path', 'InputObject', 'LogPath', 'Server', 'Since', 'Until', 'Intermediate', 'Root', 'Crl', 'At', 'TimeoutSeconds'); Gives = 'Diagnosis'; Alias = @{ Path = @('FullName') } }
    ) {
        $command = Get-Command -Name $Name
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters
        @($command.Parameters.Keys | Where-Object { $_ -notin $common }) | Should -Be $Own
        foreach ($parameter in $Alias.Keys) { $command.Parameters[$parameter].Aliases | Should -Be $Alias[$parameter] }
        $command.OutputType.Name | Should -Be "ExchangeTls.$Gives"
    }
}

Describe 'Import' {
    It 'works twice, after removal, and again' {
        $said = Invoke-Child -Script @'
$ErrorActionPreference = 'Stop'
Import-Module $ModulePath; Import-Module $ModulePath; Import-Module $ModulePath -Force
Remove-Module ExchangeTls
@(Get-Command -Name Get-SmtpSession, Add-LogPath, Read-Log, Write-LogError, Add-CertificateInput, Invoke-CertificateTest, Get-Fact, Read-Answer, Add-Evidence, Read-Diagnosis -ErrorAction Ignore).Count
@(Get-Module -All -Name Log, Certificate, CertificateTest, Evidence, Diagnosis).Count
Import-Module $ModulePath
(Get-SendConnectorFailure $Seeds -Recurse).Count
'@
        $said | Should -BeExactly "0`n0`n7"
    }

    It 'compiles the binding where none is beside it, and does the same work' -Skip:(-not (Test-Path -Path (Join-Path -Path $(. $PSScriptRoot/common.ps1; $ModulePath) -ChildPath *.cs))) {
        $copy = Copy-Module -To $TestDrive
        Remove-Item -LiteralPath "$copy/ExchangeTls.Native.dll" -ErrorAction SilentlyContinue
        $said = Invoke-Child -Script @"
Import-Module '$copy'
[ExchangeTls.Library].Assembly.Location -eq ''
(Get-SendConnectorFailure `$Seeds -Recurse).Count
(Get-SendConnectorFailure `$Seeds/kb4051498).Certificate.Thumbprint
(Test-ExchangeTlsCert '$Data/zoo/good/tested.pem' -Root @() -Intermediate @() -At 2026-06-01).Result
(Get-QueueFailure '421 4.2.1 Unable to connect').Cause
(Get-ExchangeTlsDiagnosis '$Data/scenarios/kb-4051498/collected' -At 2026-03-10T09:00:00Z).Cause
"@
        $said | Should -BeExactly "True`n7`nD8A1F0B2C3947586E7F60918273645546372819A`nFail`nConnectFailed`nOwnCertificateNotEnabled"
    }

    It 'changes no preference, location, drive, variable or command of the caller' {
        $said = Invoke-Child -Script @'
function Get-State {
    Get-Variable -Name *Preference, PWD, PSDefaultParameterValues, OFS, PSNativeCommand* -Scope Global -ErrorAction Ignore | ForEach-Object { "$($_.Name)=$($_.Value)" }
    (Get-PSDrive).Name
    [Environment]::CurrentDirectory
    $env:PATH
    $Error.Count
    (Get-Variable -Scope Global).Name -notmatch '^(before|after|found|\?|\^|\$|_|args|input|this|foreach|StackTrace|Matches|switch|PSItem|Event.*|LASTEXITCODE)$'
}
$global:ErrorActionPreference = 'Continue'
$before = @(Get-State)
Import-Module $ModulePath
$found = @(Get-SendConnectorFailure $Seeds -Recurse)
$found = @(Get-SmtpSession $Seeds -Recurse)
$found = @(Test-ExchangeTlsCert $Seeds/../zoo/good, $Seeds/../zoo/bad-signature)
$found = @(Get-ExchangeTlsDiagnosis $Seeds/../scenarios/kb-4495258/collected, $Seeds/../scenarios/kb-979175/collected)
$found = @(Import-Clixml $Seeds/../scenarios/kb-4495258/collected/queues.xml | Get-QueueFailure)
$found = @([pscustomobject] @{ Identity = 'A\B'; Bindings = @('0.0.0.0:25', [pscustomobject] @{ Address = '::'; Port = 25 }); RemoteIPRanges = $null } | Test-ReceiveConnectorAuth)
$after = @(Get-State)
Compare-Object $before $after | Out-String
$undefined.Property    # an error in strict mode only
'done'
'@
        $said.Trim() | Should -BeExactly 'done'
    }

    It 'bears a caller in strict mode, with all errors terminating' {
        $said = Invoke-Child -Script @'
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$WarningPreference = 'Stop'
Import-Module $ModulePath
@($Seeds | Get-SendConnectorFailure -Recurse -Connector * -Since 2000-01-01 -IncludeRejection -IncludeRecords).Count
@(Get-SmtpSession (Get-ChildItem $Seeds -Directory).FullName -LogType Send).Count -gt 7
$zoo = "$Seeds/../zoo/good"
@([System.Security.Cryptography.X509Certificates.X509Certificate2] "$zoo/tested.pem" | Test-ExchangeTlsCert -Root $zoo/roots.pem -SendConnector ([pscustomobject] @{ Name = 'A'; RequireTLS = $true })).Count
@('421 4.2.1 Unable to connect', @{ LastError = '421 4.4.1 Connection timed out'; LastRetryTime = Get-Date }, $null | Get-QueueFailure).Count
@([pscustomobject] @{ Identity = 'A\B'; Bindings = @([pscustomobject] @{ Port = 25 }); RemoteIPRanges = $null } | Test-ReceiveConnectorAuth).Count
$folder = "$Seeds/../scenarios/kb-4051498/collected"
@(Get-ExchangeTlsDiagnosis -Path $folder -At 2026-03-10T09:00:00Z).Count
@(Get-ChildItem $folder -Filter *.xml | ForEach-Object { Import-Clixml $_.FullName } | Get-ExchangeTlsDiagnosis -LogPath $folder -Since 2026-01-01 -Root @() -At 2026-03-10T09:00:00Z).Count
'@
        $said | Should -BeExactly "7`nTrue`n1`n2`n1`n1`n1"
    }

    It 'heeds the preferences of a script, as compiled cmdlets do' {
        $bad = Get-CaseInput -Name 'odd-bad-time'
        $said = Invoke-Child -Script @"
Import-Module `$ModulePath
`$ErrorActionPreference = 'SilentlyContinue'; Get-SmtpSession nowhere; 'quiet'
`$ErrorActionPreference = 'Stop'; try { Get-SmtpSession nowhere; 'went on' } catch { 'stopped' }
try { Get-SmtpSession nowhere -ErrorAction SilentlyContinue; 'went on' } catch { 'stopped' }
`$WarningPreference = 'SilentlyContinue'; [void] (Get-SmtpSession '$bad'); 'quiet'
`$WarningPreference = 'Stop'; try { [void] (Get-SmtpSession '$bad'); 'went on' } catch { 'stopped' }
`$ErrorActionPreference = 'SilentlyContinue'; Test-ExchangeTlsCert -Store nowhere; Test-ExchangeTlsCert nowhere; 3 | Test-ExchangeTlsCert; 'quiet'
`$ErrorActionPreference = 'Stop'; try { 3 | Test-ExchangeTlsCert; 'went on' } catch { 'stopped' }
`$ErrorActionPreference = 'SilentlyContinue'; 3 | Get-QueueFailure; 3 | Test-ReceiveConnectorAuth; Get-ExchangeTlsDiagnosis nowhere; 'quiet'
`$ErrorActionPreference = 'Stop'; foreach (`$try in { 3 | Get-QueueFailure }, { 3 | Test-ReceiveConnectorAuth }, { Get-ExchangeTlsDiagnosis nowhere }) { try { & `$try; 'went on' } catch { 'stopped' } }
`$WarningPreference = 'SilentlyContinue'; [void] (Get-ExchangeTlsDiagnosis -LogPath '$bad'); 'quiet'
`$WarningPreference = 'Stop'; try { [void] (Get-ExchangeTlsDiagnosis -LogPath '$bad'); 'went on' } catch { 'stopped' }
"@
        # What stops is shown as a warning as well.
        $said -replace '(?m)^WARNING: .*\n' | Should -BeExactly "quiet`nstopped`nwent on`nquiet`nstopped`nquiet`nstopped`nquiet`nstopped`nstopped`nstopped`nquiet`nstopped"
    }

    It 'takes no part of what comes in by redirected input' {
        # In a scheduled task or a pipe of processes, standard input is not the cmdlet's.
        $script = 'Import-Module $ModulePath; try { Get-SendConnectorFailure } catch { $_.FullyQualifiedErrorId }'
        $said = Invoke-Child -Script $script -Environment @{ ExchangeInstallPath = '' } -StandardInput $Seeds, $Seeds
        $said | Should -BeExactly 'LogFolderNotFound,Get-SendConnectorFailure'
    }
}

Describe 'Import says in words' {
    BeforeEach {
        $copy = Copy-Module -To (New-Item -ItemType Directory -Path (Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid()))).FullName
        $library = [ExchangeTls.Library]::Path.Replace((Resolve-Path -LiteralPath $ModulePath).ProviderPath, $copy)
        $script = "try { Import-Module '$copy'; 'went on' } catch { `$_.Exception.Message }"
    }

    It 'that the library is missing' {
        Remove-Item -LiteralPath $library
        Invoke-Child -Script $script | Should -BeExactly "The native library is missing: $library. Install the module anew; in a source tree, build it first (./dev run)."
    }

    It 'that the library is <Is>' -ForEach @(
        @{ Is = 'no library of any system, or it is damaged'; Head = [byte[]] (1, 2, 3) }
        @{ Is = 'no library of any system, or it is damaged'; Head = [byte[]] @() }
        @{ Is = 'a library for Linux on ARM64'; Head = [byte[]] (0x7F, 0x45, 0x4C, 0x46, 2, 1, 1) + [byte[]]::new(9) + [byte[]] (3, 0, 183, 0) }
        @{ Is = 'a library for Linux on x86'; Head = [byte[]] (0x7F, 0x45, 0x4C, 0x46, 1, 1, 1) + [byte[]]::new(9) + [byte[]] (3, 0, 3, 0) }
        @{ Is = 'a library for Windows on ARM64'; Head = [byte[]] (0x4D, 0x5A) + [byte[]]::new(58) + [byte[]] (0x40, 0, 0, 0, 0x50, 0x45, 0, 0, 0x64, 0xAA) }
        @{ Is = 'a library for Windows on x64'; Head = [byte[]] (0x4D, 0x5A) + [byte[]]::new(58) + [byte[]] (0x40, 0, 0, 0, 0x50, 0x45, 0, 0, 0x64, 0x86) }
        @{ Is = 'no library of any system, or it is damaged'; Head = [byte[]] (0x4D, 0x5A) + [byte[]]::new(58) + [byte[]] (0xFF, 0xFF, 0xFF, 0xFF) }
    ) {
        [System.IO.File]::WriteAllBytes($library, $Head)
        Invoke-Child -Script $script | Should -Match "^The native library $([regex]::Escape($library)) cannot be loaded: .*\w\. It is $Is\. Install the module anew\.$"
    }

    It 'that the binding cannot be loaded' {
        [System.IO.File]::WriteAllText("$copy/ExchangeTls.Native.dll", 'no binding')
        Invoke-Child -Script $script | Should -Match "^The binding $([regex]::Escape($copy)).ExchangeTls\.Native\.dll cannot be loaded: .*Install the module anew\.$"
    }

    It 'that a download mark blocks it, and how to take it away' {
        # What Windows keeps beside the data of a file is not to be had elsewhere.
        $psm1 = "$copy/ExchangeTls.psm1"
        $body = [System.IO.File]::ReadAllText($psm1)
        $marked = $body.Replace("[Environment]::OSVersion.Platform -eq 'Win32NT' -and [bool] (Get-Item", '[bool] (Get-Mark')
        $marked | Should -Not -BeExactly $body
        [System.IO.File]::WriteAllText($psm1, "function Get-Mark { 'Zone.Identifier' }`n$marked")
        [System.IO.File]::WriteAllText($library, 'no library')
        Invoke-Child -Script $script | Should -BeLike "*cannot be loaded*Get-ChildItem -LiteralPath '$copy' -Recurse | Unblock-File; then import*"
        Remove-Item -LiteralPath $library
        [System.IO.File]::WriteAllText("$copy/ExchangeTls.Native.dll", 'no binding')
        Invoke-Child -Script $script | Should -BeLike "The binding*Get-ChildItem -LiteralPath '$copy' -Recurse | Unblock-File; then import*"
    }

    It 'which library a <Architecture> process on <System> takes' -ForEach @(
        @{ System = 'win'; Architecture = 'AMD64'; Path = 'bin/win-x64/exchange_tls.dll' }
        @{ System = 'linux'; Architecture = 'X64'; Path = 'bin/linux-x64/libexchange_tls.so' }
        @{ System = 'win'; Architecture = 'ARM64'; Words = '*no library for win-arm64. On Windows, start x64 PowerShell*' }
        @{ System = 'linux'; Architecture = 'Arm64'; Words = '*no library for linux-arm64*' }
        @{ System = 'win'; Architecture = 'x86'; Words = '*no library for a x86 process. Start 64-bit PowerShell.' }
        @{ System = 'this system'; Architecture = 'X64'; Words = '*It runs on Windows and Linux.' }
    ) {
        $call = { param($System, $Architecture) Get-LibraryPath -System $System -Architecture $Architecture }
        $module = Get-Module -Name ExchangeTls
        if ($_['Words']) { { & $module $call $System $Architecture } | Should -Throw -ExpectedMessage $Words }
        else { (& $module $call $System $Architecture).Replace('\', '/') | Should -BeLike "*/$Path" }
    }

    It 'that the library has another ABI number' -Skip:(-not (Get-Command -Name gcc -CommandType Application -ErrorAction Ignore)) {
        $source = Join-Path -Path $TestDrive -ChildPath 'other.c'
        [System.IO.File]::WriteAllText($source, 'unsigned extls_abi_version(void) { return 99; }')
        gcc -shared -fPIC -o $library $source
        Invoke-Child -Script $script | Should -BeLike '*has ABI number 99, but this module needs *Install the module anew.'
        [System.IO.File]::WriteAllText($source, 'int something_else(void) { return 0; }')
        gcc -shared -fPIC -o $library $source
        Invoke-Child -Script $script | Should -BeLike '*has no function extls_abi_version*'
    }

    It 'that another copy of the module is in use' {
        $said = Invoke-Child -Script "Import-Module `$ModulePath; $script; (Get-SendConnectorFailure `$Seeds -Recurse).Count"
        $said | Should -BeExactly "This session already uses another copy of ExchangeTls: $([ExchangeTls.Library]::Path). Open a new PowerShell session to use $library.`n7"
    }

    It 'that the language mode is constrained' {
        $said = Invoke-Child -Script "`$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'; $script"
        $said | Should -BeLike 'ExchangeTls cannot be loaded: this session is in ConstrainedLanguage mode*'
    }
}
