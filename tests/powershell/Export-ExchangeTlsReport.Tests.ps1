# One HTML file of everything, safe to open, whole or not at all.
Describe 'Export-ExchangeTlsReport' {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        Import-TestModule
        $scenarios = Join-Path -Path $Data -ChildPath 'scenarios'
        $collected = [System.IO.Path]::Combine($scenarios, 'kb-979175-relay', 'collected')
        $everything = @(
            Get-ExchangeTlsDiagnosis -Path (Join-Path -Path $scenarios -ChildPath '*/collected') -At 2026-03-10T09:00:00Z
            Get-SendConnectorFailure -Path (Join-Path -Path $scenarios -ChildPath '*/collected/*/SmtpSend')
            Get-SmtpSession -Path $Seeds -Recurse
            Import-Clixml -LiteralPath ([System.IO.Path]::Combine($scenarios, 'logging-off', 'collected', 'queues.xml')) | Get-QueueFailure
            Import-Clixml -LiteralPath (Join-Path -Path $collected -ChildPath 'receive-connectors.xml') | Test-ReceiveConnectorAuth
            Import-Clixml -LiteralPath ([System.IO.Path]::Combine($scenarios, 'expired-twin', 'collected', 'certificates.xml')) |
                Test-ExchangeTlsCert -At 2026-03-10 -WarningAction SilentlyContinue
        )

        function Read-Page {
            # The page, as the XML it must be as well.
            param([string] $Path)
            $text = [System.IO.File]::ReadAllText($Path)
            $text | Should -Match '^<!DOCTYPE html>'
            [xml] ($text -replace '^<!DOCTYPE html>')
        }
    }
    BeforeEach { $file = Join-Path -Path $TestDrive -ChildPath "$([guid]::NewGuid()).html" }

    It 'holds every kind of object that the module gives' {
        $everything | Export-ExchangeTlsReport -Path $file -Title 'EX01 & EX02' -At 2026-03-10T09:00:00Z | Should -BeNullOrEmpty
        $page = Read-Page -Path $file
        $text = $page.DocumentElement.InnerText
        $text | Should -BeLike '*EX01 & EX02*'
        foreach ($type in $everything | ForEach-Object { $_.GetType().Name } | Select-Object -Unique) { $text | Should -BeLike "*$type*" -Because 'it says what it was made of' }
        $text | Should -BeLike '*EX02\Anonymous Relay*'
        $text | Should -BeLike '*OwnCertificateNotEnabled*'
        @($page.SelectNodes('//*[local-name()="svg"]')).Count | Should -BeGreaterThan 0
        @($page.SelectNodes('//*[local-name()="script" or local-name()="img" or local-name()="iframe"]')) | Should -HaveCount 0
    }

    It 'shows the same of what was exported and read again' {
        # SmtpSession and others keep two levels; what stands deeper is shown as its text.
        $everything | Export-ExchangeTlsReport -Path $file -At 2026-03-10T09:00:00Z
        $serializer = [System.Management.Automation.PSSerializer]
        $again = "$file.again.html"
        $everything | ForEach-Object { $serializer::Deserialize($serializer::Serialize($_)) } | Export-ExchangeTlsReport -Path $again -At 2026-03-10T09:00:00Z
        $one = (Read-Page -Path $file).DocumentElement.InnerText
        $other = (Read-Page -Path $again).DocumentElement.InnerText
        $other | Should -Be $one
    }

    It 'writes values as text, whatever stands in them' {
        $hostile = '<script>alert(1)</script>"''&]]>-->' + [char] 0x202E + [char] 27
        [pscustomobject] @{ Rank = 1; Cause = $hostile; Summary = $hostile; Evidence = @($hostile); Remedy = @($hostile); Reference = @("javascript:$hostile") } |
            Export-ExchangeTlsReport -Path $file -Title $hostile
        $page = Read-Page -Path $file
        $page.DocumentElement.InnerText | Should -BeLike '*<script>alert(1)</script>"''&*'
        @($page.SelectNodes('//*[local-name()="script"]')) | Should -HaveCount 0
        @($page.SelectNodes('//@href') | Where-Object { $_.Value -notmatch '^(https://|#)' }) | Should -HaveCount 0
        [System.IO.File]::ReadAllText($file).IndexOf([char] 27) | Should -Be -1
    }

    It 'says so where there was nothing to show' {
        @() | Export-ExchangeTlsReport -Path $file
        (Read-Page -Path $file).DocumentElement.InnerText | Should -BeLike '*nothing to judge*'
    }

    It 'names what it cannot show, and shows the rest' {
        @(Get-Item -LiteralPath $TestDrive) + $everything[0] | Export-ExchangeTlsReport -Path $file -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'NotReportable,Export-ExchangeTlsReport'
        $failed[0].Exception.Message | Should -BeLike '*System.IO.DirectoryInfo*'
        $file | Should -Exist
    }

    It 'writes where the shell is, gives the file with -PassThru, and keeps to -WhatIf and -NoClobber' {
        Push-Location -LiteralPath $TestDrive
        try { $written = $everything[0] | Export-ExchangeTlsReport -Path relative.html -PassThru }
        finally { Pop-Location }
        $written.FullName | Should -Be (Join-Path -Path $TestDrive -ChildPath 'relative.html')
        $everything[0] | Export-ExchangeTlsReport -Path $file -WhatIf
        $file | Should -Not -Exist
        { $everything[0] | Export-ExchangeTlsReport -Path $written.FullName -NoClobber } | Should -Throw -ErrorId 'InvalidPath,Export-ExchangeTlsReport'
        { Export-ExchangeTlsReport -Path (Join-Path -Path $TestDrive -ChildPath 'none/report.html') } | Should -Throw -ErrorId 'InvalidPath,Export-ExchangeTlsReport'
        { Export-ExchangeTlsReport -Path 'variable:report' } | Should -Throw -ErrorId 'InvalidPath,Export-ExchangeTlsReport'
    }

    It 'keeps the old report where the disk is full' -Skip:(-not (Test-Path -LiteralPath /dev/full)) {
        # A limit on the size of files stands in for a full disk: the write fails half-way.
        # (.NET itself would map a larger file to keep code from being written to.)
        Set-Content -LiteralPath $file -Value 'the old one'
        $objects = Join-Path -Path $TestDrive -ChildPath 'objects.xml'
        $everything | Export-Clixml -LiteralPath $objects
        $script = "Import-Module '$ModulePath'; Import-Clixml '$objects' | Export-ExchangeTlsReport -Path '$file' -ErrorVariable failed -ErrorAction SilentlyContinue; `$failed[0].FullyQualifiedErrorId"
        $inner = Join-Path -Path $TestDrive -ChildPath 'full.ps1'
        Set-Content -LiteralPath $inner -Value "try { $script } catch { `$_.FullyQualifiedErrorId }"
        $said = bash -c "trap '' XFSZ; ulimit -f 16; DOTNET_EnableWriteXorExecute=0 exec '$((Get-Process -Id $PID).Path)' -NoProfile -NonInteractive -File '$inner' 2>&1"
        "$said" | Should -BeLike '*WriteError,Export-ExchangeTlsReport*'
        Get-Content -LiteralPath $file | Should -Be 'the old one'
        @(Get-ChildItem -LiteralPath $TestDrive -Filter '*.tmp') | Should -HaveCount 0
    }

    It 'keeps the old report, and leaves nothing behind, on a disk that is full' {
        # A disk of 64 KB in a namespace of its own. The script looks itself: the disk is gone with it.
        $mount = "mount -t tmpfs -o size=64k tmpfs '$TestDrive'"
        if (-not (Get-Command -Name unshare -CommandType Application -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'there is no unshare'; return }
        unshare --map-root-user --mount sh -c $mount 2>$null
        if ($LASTEXITCODE -ne 0) { Set-ItResult -Skipped -Because 'this system lets nobody mount in a namespace of his own'; return }
        $elsewhere = [System.IO.Path]::GetTempFileName()
        try {
            $everything | Export-Clixml -LiteralPath "$elsewhere.xml"
            Set-Content -LiteralPath "$elsewhere.ps1" -Value @"
Set-Content -LiteralPath '$file' -Value 'the old one'
Import-Module '$ModulePath'
`$error.Clear()
try { Import-Clixml '$elsewhere.xml' | Export-ExchangeTlsReport -Path '$file' -ErrorAction Stop; 'written' } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }
Get-Content -LiteralPath '$file' -Raw
"left: `$(@(Get-ChildItem -LiteralPath '$TestDrive').Count)"
# With room it would have been written.
Import-Clixml '$elsewhere.xml' | Select-Object -First 1 | Export-ExchangeTlsReport -Path '$file'
"then: `$((Get-Item -LiteralPath '$file').Length -gt 1000)"
"@
            $said = unshare --map-root-user --mount sh -c "$mount && exec '$((Get-Process -Id $PID).Path)' -NoProfile -NonInteractive -File '$elsewhere.ps1' 2>&1"
        }
        finally { Remove-Item -Path "$elsewhere*" }
        $said = "$said"
        $said | Should -BeLike 'WriteError,Export-ExchangeTlsReport The report could not be written*'
        $said | Should -BeLike '*the old one*left: 1 then: True'
    }

    It 'takes many failures in a few seconds of work, not minutes' {
        # 2,000 objects, property by property from script, would take ten times as long as the rest of this file.
        $one = Get-SendConnectorFailure -Path $Seeds -Recurse | Select-Object -First 1
        1..2000 | ForEach-Object { $one } | Export-ExchangeTlsReport -Path $file
        (Read-Page -Path $file).DocumentElement.InnerText | Should -BeLike '*2,000*'
    }
}
