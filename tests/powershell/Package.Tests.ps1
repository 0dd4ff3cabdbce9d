# The zip as an admin gets it: unpacked into a folder of modules, found by name, beside another version.
# $env:EXCHANGETLS_ZIP names it; `./dev package` sets that, and without it there is nothing to test here.
if (-not $env:EXCHANGETLS_ZIP) { return }

Describe 'The package' {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        $modules = Join-Path -Path $TestDrive -ChildPath 'Modules'
        Expand-Archive -LiteralPath $env:EXCHANGETLS_ZIP -DestinationPath $modules
        $version = [System.IO.Path]::GetFileNameWithoutExtension($env:EXCHANGETLS_ZIP) -replace '^ExchangeTls-'
        $place = [System.IO.Path]::Combine($modules, 'ExchangeTls', $version)
        $path = @{ PSModulePath = $modules }
        # The same with a higher number, as the next version will lie beside this one.
        $next = [System.IO.Path]::Combine($modules, 'ExchangeTls', '99.0.0')
        Copy-Item -LiteralPath $place -Destination $next -Recurse
        $manifest = Join-Path -Path $next -ChildPath 'ExchangeTls.psd1'
        [System.IO.File]::WriteAllText($manifest, [System.IO.File]::ReadAllText($manifest).Replace("'$version'", "'99.0.0'"))
    }

    It 'is found by the name of a cmdlet, works, and is helped by Get-Help' {
        $said = Invoke-Child -Environment $path -Script @'
(Get-SendConnectorFailure -Path $Seeds -Recurse).Count
(Get-Module -Name ExchangeTls).Version.ToString()
[ExchangeTls.Library]::Path
(Get-Help -Name Get-SendConnectorFailure -Full).Synopsis
(Get-Help -Name Test-ExchangeTlsCert -Parameter Root).description.Text.Length -gt 40
(Get-Help -Name about_ExchangeTls | Out-String).Length -gt 2000
'@
        $lines = $said -split "`n"
        $lines[0, 1] | Should -Be @('7', '99.0.0')
        $lines[2] | Should -BeLike "$next*"
        $lines[3] | Should -Match '^\w.*\.$'
        $lines[4, 5] | Should -Be @('True', 'True')
    }

    It 'holds everything that it was imported with' {
        $said = Invoke-Child -Environment $path -Script "
`$module = Import-Module -Name ExchangeTls -RequiredVersion $version -PassThru
@(`$module) + `$module.NestedModules | ForEach-Object { `$_.Path }
[ExchangeTls.Library].Assembly.Location
[ExchangeTls.Library]::Path"
        $files = @($said -split "`n" | Where-Object { $_ })
        $files.Count | Should -BeGreaterThan 4
        $files | Where-Object { $_ -notlike "$place*" } | Should -BeNullOrEmpty
    }

    It 'lies beside another version: one for each session' {
        $said = Invoke-Child -Environment $path -Script "
Import-Module -Name ExchangeTls -RequiredVersion $version
(Get-Module -Name ExchangeTls).Version.ToString()
Remove-Module -Name ExchangeTls
try { Import-Module -Name ExchangeTls -RequiredVersion 99.0.0; 'went on' } catch { `$_.Exception.Message }
Import-Module -Name ExchangeTls -RequiredVersion $version
(Get-SendConnectorFailure -Path `$Seeds -Recurse).Count"
        $lines = $said -split "`n"
        $lines[0] | Should -BeExactly $version
        $lines[1] | Should -BeLike 'This session already uses another copy of ExchangeTls: *Open a new PowerShell session to use *99.0.0*'
        $lines[2] | Should -BeExactly '7'
    }

    It 'is imported from the folder of a version, too' {
        $said = Invoke-Child -Script "Import-Module -Name '$(Join-Path -Path $place -ChildPath 'ExchangeTls.psd1')'; (Get-SmtpSession -Path `$Seeds -Recurse).Count -gt 7"
        $said | Should -BeExactly 'True'
    }

    It 'does its work from a folder that cannot be written to' -Skip:([Environment]::OSVersion.Platform -eq 'Win32NT') {
        chmod -R a-w $modules
        try { Invoke-Child -Environment $path -Script '(Get-SendConnectorFailure -Path $Seeds -Recurse).Count' | Should -BeExactly '7' }
        finally { chmod -R u+w $modules }
    }
}
