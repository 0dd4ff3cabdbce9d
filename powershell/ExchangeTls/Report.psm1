# What Export-ExchangeTlsReport does: objects to the library, its page to a file.
Set-StrictMode -Version Latest

Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Log.psm1') -Function Write-LogError
Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Evidence.psm1') -Function ConvertTo-PlainObject

function Resolve-ReportPath {
    <#
    .SYNOPSIS
    The file to write, absolute; the cmdlet ends where it cannot be written, before anything is gathered.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [string] $Path,
        [switch] $NoClobber
    )
    $provider = $null
    $file = try { $Cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path, [ref] $provider, [ref] $null) }
    catch {
        $message = "'$Path' cannot be used: $($_.Exception.GetBaseException().Message)"
        Write-LogError -Cmdlet $Cmdlet -Id 'InvalidPath' -Category 'InvalidArgument' -Message $message -Target $Path -Terminating
    }
    $why = if ($provider.Name -ne 'FileSystem') { "it is a path of the provider $($provider.Name); expected a file" }
    elseif ([System.IO.Directory]::Exists($file)) { 'it is a folder; expected a file' }
    elseif (-not [System.IO.Directory]::Exists([System.IO.Path]::GetDirectoryName($file))) { 'there is no such folder' }
    elseif ($NoClobber -and [System.IO.File]::Exists($file)) { 'the file is there already, and -NoClobber was given' }
    if ($why) {
        Write-LogError -Cmdlet $Cmdlet -Id 'InvalidPath' -Category 'InvalidArgument' -Message "The report cannot be written to '$Path': $why." -Target $Path -Terminating
    }
    $file
}

function Add-ReportItem {
    <#
    .SYNOPSIS
    Adds an object of this module, live or deserialized; an error of the cmdlet for any other.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.ReportBuilder] $Builder,
        [AllowNull()] [object] $InputItem
    )
    if ($null -eq $InputItem) { return }
    $why = if ($InputItem.GetType().Namespace -eq 'ExchangeTls') { $Builder.AddOwn($InputItem) }
    else { $Builder.Add((ConvertTo-PlainObject -InputItem $InputItem -All)) }
    if ($why) {
        Write-LogError -Cmdlet $Cmdlet -Id 'NotReportable' -Category 'InvalidData' -Message "$($why.TrimEnd('.'))." -Target $InputItem
    }
}

function Save-Report {
    <#
    .SYNOPSIS
    Writes the page as a whole or not at all.
    #>
    param(
        [Parameter(Mandatory)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory)] [ExchangeTls.ReportBuilder] $Builder,
        [Parameter(Mandatory)] [string] $Path
    )
    try {
        [ExchangeTls.ReportBuilder]::Save($Builder.ReadHtml(), $Path)
    }
    catch {
        $message = "The report could not be written to '$Path': $($_.Exception.GetBaseException().Message)"
        Write-LogError -Cmdlet $Cmdlet -Id 'WriteError' -Category 'WriteError' -Message $message -Target $Path -Terminating
    }
}

Export-ModuleMember -Function Resolve-ReportPath, Add-ReportItem, Save-Report
