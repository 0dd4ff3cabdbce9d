BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    $hasExports = Test-Path -LiteralPath $Exports
    if (-not $hasExports) { Write-Warning "SKIPPED: there are no real exports of Exchange objects in $Exports; nothing was tested with them." }
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/compare.ps1
    . $PSScriptRoot/zoo.ps1
    Import-TestModule

    # One certificate that is good, by the roots and at the time of the zoo.
    $good = Join-Path -Path $Zoo -ChildPath 'good'
    $file = Join-Path -Path $good -ChildPath 'tested.pem'
    $certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($file)
    $trust = @{
        Root         = Join-Path -Path $good -ChildPath 'roots.pem'
        Intermediate = Join-Path -Path $good -ChildPath 'intermediates.pem'
        Crl          = Join-Path -Path $good -ChildPath 'lists.pem'
        At           = [datetime] '2026-06-01T00:00:00Z'
    }
    $nothing = @{ Root = @(); Intermediate = @(); At = $trust.At }

    function Get-Id {
        # The ids of the errors that a script writes, and nothing it gives.
        param([Parameter(Mandatory)] [scriptblock] $Script)
        $ErrorActionPreference = 'Continue' # as outside Pester
        & $Script 2>&1 | ForEach-Object { if ($_ -is [System.Management.Automation.ErrorRecord]) { $_.FullyQualifiedErrorId } else { "given: $_" } }
    }

    function Get-FileName {
        param([string[]] $Path)
        $Path | ForEach-Object { [System.IO.Path]::GetFileName($_) } | Select-Object -Unique
    }

    function Get-Code {
        param([AllowNull()] $Test)
        @(foreach ($one in $Test) { foreach ($finding in $one.Findings) { $finding.Code } })
    }
}

Describe 'What it gives' {
    It 'has the properties of the contract, each with its type' {
        $test = Test-ExchangeTlsCert -Path $file @trust -Fqdn mail.contoso.com -TlsCertificateName '<I>CN=Other<S>CN=Other'
        $test.PSObject.TypeNames[0] | Should -BeExactly 'ExchangeTls.CertificateTest'
        $test.PSObject.Properties.Name -join ' ' | Should -BeExactly ('Subject Issuer SerialNumber Thumbprint AlternateNames NotBefore NotAfter DaysLeft ' +
            'HasPrivateKey Services SelfSigned Source Selected Result Findings Chain Remedy')
        $test.Subject | Should -BeExactly 'CN=mail.contoso.com, O=Contoso, C=US'
        $test.Issuer | Should -BeExactly 'CN=Zoo Issuing CA, O=Zoo, C=US'
        $test.SerialNumber | Should -BeExactly $certificate.SerialNumber
        $test.Thumbprint | Should -BeExactly $certificate.Thumbprint
        , $test.AlternateNames | Should -BeOfType [string[]]
        $test.AlternateNames | Should -Be @('mail.contoso.com', 'autodiscover.contoso.com')
        $test.NotBefore, $test.NotAfter | ForEach-Object { $_ | Should -BeOfType [datetime]; $_.Kind | Should -Be 'Utc' }
        $test.NotAfter | Should -Be $certificate.NotAfter.ToUniversalTime()
        $test.DaysLeft | Should -BeOfType [int]
        $test.DaysLeft | Should -Be ([math]::Floor(($test.NotAfter - $trust.At.ToUniversalTime()).TotalDays))
        $test.HasPrivateKey, $test.Services | Should -Be @($null, $null)
        $test.SelfSigned | Should -BeOfType [bool]
        $test.Selected | Should -BeFalse
        $test.Source | Should -BeExactly $file
        $test.Result | Should -BeExactly 'Fail'
        , $test.Findings | Should -BeOfType ([ExchangeTls.Finding[]])
        $test.Findings[0].PSObject.Properties.Name | Should -Be @('Code', 'Severity', 'Message', 'Element')
        $test.Findings[0].Code | Should -BeExactly 'TlsCertificateNameNotFound'
        $test.Findings[0].Severity | Should -BeExactly 'Error'
        $test.Findings[0].Element | Should -BeExactly $test.Subject
        , $test.Chain | Should -BeOfType ([ExchangeTls.ChainElement[]])
        $test.Chain.Subject | Should -Be @('CN=mail.contoso.com, O=Contoso, C=US', 'CN=Zoo Issuing CA, O=Zoo, C=US', 'CN=Zoo Root, O=Zoo, C=US')
        $test.Chain.Source | Should -Be @($file, $trust.Intermediate, $trust.Root)
        $test.Chain[0].Thumbprint | Should -BeExactly $certificate.Thumbprint
        , $test.Remedy | Should -BeOfType [string[]]
        $test.Remedy.Count | Should -BeGreaterThan 0
    }

    It 'tells what cannot be read, with what was not known left empty' {
        $broken = Join-Path -Path $TestDrive -ChildPath 'broken.cer'
        [System.IO.File]::WriteAllText($broken, 'no certificate')
        $test = Test-ExchangeTlsCert -Path $broken, $file @trust
        $test | Should -HaveCount 2
        $test[0].Result | Should -BeExactly 'Fail'
        $test[0].Findings.Code | Should -Be 'Malformed'
        $test[0].Source | Should -BeExactly $broken
        foreach ($name in 'Subject', 'Thumbprint', 'NotAfter', 'DaysLeft', 'HasPrivateKey', 'SelfSigned', 'Selected') { $test[0].$name | Should -BeNullOrEmpty -Because $name }
        $test[1].Result | Should -BeExactly 'Pass'
    }
}

Describe 'The pipeline' {
    It 'takes an X509Certificate2 of a file, which knows of no private key' {
        $test = $certificate | Test-ExchangeTlsCert @trust
        $test.Result | Should -BeExactly 'Pass'
        $test.Source | Should -BeExactly 'pipeline'
        $test.HasPrivateKey | Should -BeNullOrEmpty
        (Test-ExchangeTlsCert -Certificate $certificate @trust).Source | Should -BeExactly '-Certificate'
    }

    It 'takes one that has its private key' {
        (New-TestCertificate -CommonName 'a.contoso.com' | Test-ExchangeTlsCert @nothing).HasPrivateKey | Should -BeTrue
    }

    It 'believes what the Cert: drive says, and not what is left of it behind a remote session' {
        # Outside Windows there is no such drive; it marks its objects so.
        $item = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($file) |
            Add-Member -PassThru -NotePropertyName PSPath -NotePropertyValue "Microsoft.PowerShell.Security\Certificate::LocalMachine\My\$($certificate.Thumbprint)" |
            Add-Member -PassThru -NotePropertyName PSProvider -NotePropertyValue (Get-PSProvider -PSProvider FileSystem)
        $test = $item | Test-ExchangeTlsCert @trust
        $test.Source | Should -BeExactly "Cert:\LocalMachine\My\$($certificate.Thumbprint)"
        $test.HasPrivateKey | Should -BeFalse
        Get-Code -Test $test | Should -Contain 'NoPrivateKey'
        $copy = Copy-ByRemoting -Object $item
        $copy.HasPrivateKey | Should -BeFalse
        $test = $copy | Test-ExchangeTlsCert @trust
        $test.Source | Should -BeExactly "Cert:\LocalMachine\My\$($certificate.Thumbprint)"
        $test.HasPrivateKey | Should -BeNullOrEmpty
        $test.Result | Should -BeExactly 'Pass'
    }

    It 'takes what Export-Clixml leaves of certificates' {
        $export = Join-Path -Path $TestDrive -ChildPath 'certificates.xml'
        $certificate, (New-TestCertificate -CommonName 'b.contoso.com') | Export-Clixml -LiteralPath $export
        $tests = Import-Clixml -LiteralPath $export | Test-ExchangeTlsCert @trust
        $tests.Thumbprint[0] | Should -BeExactly $certificate.Thumbprint
        $tests[0].Result | Should -BeExactly 'Pass'
        # The second one had its key, which nobody can know any more.
        $tests.HasPrivateKey | Where-Object { $null -ne $_ } | Should -BeNullOrEmpty
    }

    It 'takes Exchange''s objects, with what they tell: <About>' -ForEach @(
        @{ About = 'text'; Facts = @{ Services = 'IMAP, POP, IIS, SMTP'; HasPrivateKey = $true }; Services = 'IMAP, POP, IIS, SMTP'; Key = $true }
        @{ About = 'no key'; Facts = @{ Services = 'None'; HasPrivateKey = $false }; Services = 'None'; Key = $false }
        @{ About = 'text of a table'; Facts = @{ Services = 'SMTP'; HasPrivateKey = 'False' }; Services = 'SMTP'; Key = $false }
        @{ About = 'an enumeration'; Facts = @{ Services = [System.IO.FileAttributes] 'Hidden, System' }; Services = 'Hidden, System'; Key = $null }
        @{ About = 'a list'; Facts = @{ Services = @('IMAP', 'SMTP') }; Services = 'IMAP, SMTP'; Key = $null }
        @{ About = 'a number'; Facts = @{ Services = 16 }; Services = $null; Key = $null }
        @{ About = 'empty'; Facts = @{ Services = ''; HasPrivateKey = $null }; Services = $null; Key = $null }
        @{ About = 'no key, by remoting'; Facts = @{ HasPrivateKey = $false; PSComputerName = 'ex01' }; Services = $null; Key = $null }
        @{ About = 'no key, by remoting, whole'; Facts = @{ HasPrivateKey = $false; Services = 'SMTP'; PSComputerName = 'ex01' }; Services = 'SMTP'; Key = $false }
        @{ About = 'nothing'; Facts = @{}; Services = $null; Key = $null }
    ) {
        $object = [pscustomobject] ($Facts + @{ RawData = $certificate.RawData; Identity = "EX01\$($certificate.Thumbprint)" })
        # Live, behind a remote session, and behind two.
        $copy = Copy-ByRemoting -Object $object
        foreach ($one in $object, $copy, (Copy-ByRemoting -Object $copy)) {
            $test = $one | Test-ExchangeTlsCert @trust
            $test.Services | Should -BeExactly $Services
            $test.HasPrivateKey | Should -Be $Key
            $test.Source | Should -BeExactly "EX01\$($certificate.Thumbprint)"
        }
    }

    It 'takes bytes in other forms: <Form>' -ForEach @(
        @{ Form = 'RawData as base64'; Make = { param($Raw) [pscustomobject] @{ RawData = [Convert]::ToBase64String($Raw) } } }
        @{ Form = 'RawData of JSON'; Make = { param($Raw) [pscustomobject] @{ RawData = $Raw } | ConvertTo-Json | ConvertFrom-Json } }
        @{ Form = 'SerializationData alone'; Make = { param($Raw) [pscustomobject] @{ SerializationData = [byte[]] (@(0, 1, 2, 3, 32, 0, 0, 0, 1, 0, 0, 0) + [BitConverter]::GetBytes($Raw.Length) + $Raw + @(11)) } } }
        @{ Form = 'bytes'; Make = { param($Raw) , $Raw } }
    ) {
        $object = & $Make $certificate.RawData
        (Test-ExchangeTlsCert -Certificate $object @trust).Thumbprint | Should -BeExactly $certificate.Thumbprint
        (, $object | Test-ExchangeTlsCert @trust).Thumbprint | Should -BeExactly $certificate.Thumbprint
    }

    It 'takes files and text' {
        Get-Item -LiteralPath $file | Test-ExchangeTlsCert @trust | Should -HaveCount 1
        Get-ChildItem -LiteralPath $good -Filter *tested.pem | Test-ExchangeTlsCert @trust | Should -HaveCount 1
        "$good/t*.pem" | Test-ExchangeTlsCert @trust | Should -HaveCount 1
        $odd = Join-Path -Path $TestDrive -ChildPath 'mail[1].cer'
        Copy-Item -LiteralPath $file -Destination $odd
        Get-Item -LiteralPath $odd | Test-ExchangeTlsCert @trust | Should -HaveCount 1
        Test-ExchangeTlsCert -LiteralPath $odd @trust | Should -HaveCount 1
    }

    It 'judges everything that comes through it at once' {
        $folder = Join-Path -Path $Zoo -ChildPath 'duplicate-keyless'
        $objects = @(Get-ZooCertificate -Folder $folder)
        $tests = $objects | Test-ExchangeTlsCert @trust
        $tests | ForEach-Object { Get-Code -Test $_ | Should -Contain 'DuplicateSubject' }
        Get-Code -Test ($objects[0] | Test-ExchangeTlsCert @trust) | Should -Not -Contain 'DuplicateSubject'
    }

    It 'tests nothing where it is empty' {
        Get-Id -Script { @() | Test-ExchangeTlsCert } | Should -BeNullOrEmpty
        Get-Id -Script { $null, $null | Test-ExchangeTlsCert } | Should -BeNullOrEmpty
    }

    Context 'by thumbprint' {
        BeforeAll {
            $folder = Join-Path -Path $Zoo -ChildPath 'duplicate-renewed'
            $path = Join-Path -Path $folder -ChildPath 'tested.pem'
            $twins = @(Get-ZooCertificate -Folder $folder | Test-ExchangeTlsCert @trust)
            $failures = @(Get-SendConnectorFailure -Path (New-FailureLog -Folder (Join-Path -Path $TestDrive -ChildPath 'SmtpSend') -Thumbprint $twins[1].Thumbprint))
        }

        It 'looks up the certificate of a failure among all that there are' {
            $failures | Should -HaveCount 1
            foreach ($failure in $failures, (Copy-ByRemoting -Object $failures)) {
                $test = $failure | Test-ExchangeTlsCert -Path $path @trust
                $test | Should -HaveCount 1
                $test.Thumbprint | Should -BeExactly $twins[1].Thumbprint
                Get-Code -Test $test | Should -Contain 'DuplicateSubject'
            }
        }

        It 'looks it up where it is only text any more' {
            $cut = [pscustomobject] @{ Certificate = "$($failures[0].Certificate)" }
            ($cut | Test-ExchangeTlsCert -Path $path @trust).Thumbprint | Should -BeExactly $twins[1].Thumbprint
        }

        It 'looks it up once for all failures, and leaves out those without' {
            $none = [ExchangeTls.ConnectorFailure]::new()
            @($failures) * 3 + $none | Test-ExchangeTlsCert -Path $path @trust | Should -HaveCount 1
            Get-Id -Script { $none | Test-ExchangeTlsCert -Path $path @trust } | Should -BeNullOrEmpty
            Get-Id -Script { $none | Test-ExchangeTlsCert } | Should -BeNullOrEmpty
            $none | Test-ExchangeTlsCert -Verbose 4>&1 | Out-String | Should -Match 'names no certificate'
        }

        It 'takes results, text, properties and script blocks' {
            ($twins[0] | Test-ExchangeTlsCert -Path $path @trust).Thumbprint | Should -BeExactly $twins[0].Thumbprint
            ($twins[0].Thumbprint | Test-ExchangeTlsCert -Path $path @trust).Thumbprint | Should -BeExactly $twins[0].Thumbprint
            ([pscustomobject] @{ Thumbprint = $twins[0].Thumbprint } | Test-ExchangeTlsCert -Path $path @trust).Thumbprint | Should -BeExactly $twins[0].Thumbprint
            ([pscustomobject] @{ Hash = $twins[0].Thumbprint } | Test-ExchangeTlsCert -Path $path -Thumbprint { $_.Hash } @trust).Thumbprint | Should -BeExactly $twins[0].Thumbprint
        }

        It 'takes a thumbprint as dialogs and programs write it: <_>' -ForEach '{0}', '{1}', '{2}', '{3}' {
            $thumbprint = $twins[0].Thumbprint
            $pairs = [regex]::Matches($thumbprint, '..').Value
            $written = $_ -f $thumbprint.ToLowerInvariant(), ($pairs -join ' '), ($pairs -join ':'), "$([char] 0x200E)$($pairs -join ' ')"
            (Test-ExchangeTlsCert -Thumbprint $written -Path $path @trust).Thumbprint | Should -BeExactly $thumbprint
            ($written | Test-ExchangeTlsCert -Path $path @trust).Thumbprint | Should -BeExactly $thumbprint
        }

        It 'says which one was not found, and where' {
            $absent = 'AB' * 20
            $tests = Test-ExchangeTlsCert -Thumbprint $absent, $twins[0].Thumbprint -Path $path @trust -ErrorVariable failed -ErrorAction SilentlyContinue
            $tests | Should -HaveCount 1
            $failed | Should -HaveCount 1
            $failed[0].FullyQualifiedErrorId | Should -BeExactly 'ThumbprintNotFound,Test-ExchangeTlsCert'
            $failed[0].TargetObject | Should -BeExactly $absent
            $failed[0].Exception.Message | Should -BeExactly "No certificate with the thumbprint $absent was found in $path."
        }

        It 'gives nothing for a thumbprint that is none' {
            Get-Id -Script { Test-ExchangeTlsCert -Thumbprint 'abc' -Path $path @trust } | Should -Be 'InvalidThumbprint,Test-ExchangeTlsCert'
        }
    }
}

Describe '-Path' {
    BeforeAll {
        $folder = Join-Path -Path $TestDrive -ChildPath 'files'
        [void] (New-Item -ItemType Directory -Path $folder)
        Copy-Item -LiteralPath (Join-Path -Path $Zoo -ChildPath 'file-der/tested.pem') -Destination (Join-Path -Path $folder -ChildPath 'a.DER')
        Copy-Item -LiteralPath (Join-Path -Path $Zoo -ChildPath 'file-p7b/tested.pem') -Destination (Join-Path -Path $folder -ChildPath 'b.p7b')
        Copy-Item -LiteralPath (Join-Path -Path $Zoo -ChildPath 'file-text/tested.pem') -Destination (Join-Path -Path $folder -ChildPath 'c.pem')
        [System.IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath 'readme.txt'), 'no certificate')
    }

    It 'reads DER, P7B and PEM, and of a folder what is named like them' {
        $tests = Test-ExchangeTlsCert -Path $folder @trust
        Get-FileName -Path $tests.Source | Should -Be @('a.DER', 'b.p7b', 'c.pem')
        # The text has broken blocks in it, which hide nothing else.
        ($tests | Where-Object { (Get-Code -Test $_) -contains 'Malformed' }).Source | ForEach-Object { Get-FileName -Path $_ } | Select-Object -Unique | Should -Be 'c.pem'
        $tests | Group-Object -Property Source | ForEach-Object { $_.Group.Subject | Should -Contain 'CN=mail.contoso.com, O=Contoso, C=US' }
        Test-ExchangeTlsCert -Path "$folder/a*", "$folder/b.p7b" @trust | ForEach-Object { Get-FileName -Path $_.Source } | Select-Object -Unique | Should -Be @('a.DER', 'b.p7b')
    }

    It 'is the first argument, and may be a drive or relative' {
        Test-ExchangeTlsCert "$folder/a.DER" @trust | Should -HaveCount 1
        $drive = New-PSDrive -Name ZooFiles -PSProvider FileSystem -Root $folder
        try { Test-ExchangeTlsCert ZooFiles:\a.DER @trust | Should -HaveCount 1 } finally { $drive | Remove-PSDrive }
        Push-Location -LiteralPath $folder
        try { (Test-ExchangeTlsCert .\a.DER @trust).Source | Should -BeExactly (Join-Path -Path $folder -ChildPath 'a.DER') } finally { Pop-Location }
    }

    It 'keeps names of files beyond ASCII' {
        $odd = Join-Path -Path $folder -ChildPath "$([char] 0x96FB)$([char] 0x5B50).cer"
        Copy-Item -LiteralPath $file -Destination $odd
        try { (Test-ExchangeTlsCert -Path $odd @trust).Source | Should -BeExactly $odd } finally { Remove-Item -LiteralPath $odd }
    }
}

Describe '-Store' {
    BeforeAll {
        # A store of their own, in a process with another home.
        $sandbox = Join-Path -Path $TestDrive -ChildPath 'home'
        [void] (New-Item -ItemType Directory -Path $sandbox)
        $prelude = @"
. '$PSScriptRoot/common.ps1'; . '$PSScriptRoot/compare.ps1'; . '$PSScriptRoot/zoo.ps1'
Set-StrictMode -Off
Import-TestModule
`$nothing = @{ Root = @(); Intermediate = @(); At = [datetime] '2026-06-01' }
"@
    }

    It 'is the machine''s own where no certificate is given, with what only a store knows' -Skip:([Environment]::OSVersion.Platform -eq 'Win32NT') {
        $said = Invoke-Child -Environment @{ HOME = $sandbox } -Script @"
$prelude
`$with = New-TestCertificate -CommonName 'with.contoso.com'
`$without = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new((New-TestCertificate -CommonName 'with.contoso.com').RawData)
`$store = [System.Security.Cryptography.X509Certificates.X509Store]::new('My', 'CurrentUser')
`$store.Open('ReadWrite')
`$store.Add(`$with); `$store.Add(`$without)
`$store.Close()
`$tests = @(Test-ExchangeTlsCert @nothing)
`$tests.Count
(`$tests | Where-Object Thumbprint -eq `$with.Thumbprint).HasPrivateKey
(`$tests | Where-Object Thumbprint -eq `$without.Thumbprint).HasPrivateKey
@(`$tests | Where-Object { `$_.Source -eq "Cert:\CurrentUser\My\`$(`$_.Thumbprint)" }).Count
(`$tests.Findings.Code | Sort-Object -Unique) -join ' '
foreach (`$name in 'Cert:\CurrentUser\My', 'cert:/currentuser/my', 'CurrentUser\My', 'My', 'Microsoft.PowerShell.Security\Certificate::CurrentUser\My') { @(Test-ExchangeTlsCert -Store `$name @nothing).Count }
@(Test-ExchangeTlsCert -Store My, Cert:\CurrentUser\My @nothing).Count
'thumbprint'
(Test-ExchangeTlsCert -Thumbprint `$without.Thumbprint @nothing).Findings.Code -join ' '
`$log = New-FailureLog -Folder '$sandbox/log' -Thumbprint `$without.Thumbprint
(Get-SendConnectorFailure `$log | Test-ExchangeTlsCert @nothing).Findings.Code -join ' '
'root'
(Test-ExchangeTlsCert -Store My -Root Cert:\CurrentUser\My -At 2026-06-01).Findings.Code -contains 'UntrustedRoot'
'absent'
try { Get-SendConnectorFailure '$Seeds/kb4051498' | Test-ExchangeTlsCert @nothing -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }
"@
        $lines = $said -split "`n"
        $lines[0..3] | Should -Be @('2', 'True', 'False', '2')
        $lines[4] | Should -BeExactly 'CommonNameOnly DuplicateSubject NoPrivateKey SelfSigned'
        $lines[5..10] | Should -Be (@('2') * 6)
        $after = [array]::IndexOf($lines, 'thumbprint')
        $lines[$after + 1] | Should -Match 'NoPrivateKey'
        $lines[$after + 1] | Should -Match 'DuplicateSubject'
        $lines[$after + 2] | Should -BeExactly $lines[$after + 1]
        $lines[[array]::IndexOf($lines, 'root') + 1] | Should -BeExactly 'False'
        $after = [array]::IndexOf($lines, 'absent')
        $lines[$after + 1] | Should -BeExactly 'ThumbprintNotFound,Test-ExchangeTlsCert'
        $lines[$after + 2] | Should -BeExactly 'No certificate with the thumbprint D8A1F0B2C3947586E7F60918273645546372819A was found in Cert:\CurrentUser\My.'
    }

    It 'is refused in words where it is not there: <Name>' -ForEach @(
        @{ Name = 'Cert:\CurrentUser\NoSuchStore' }, @{ Name = 'Cert:\Nowhere\My' }, @{ Name = 'Cert:\' }, @{ Name = 'Cert:\LocalMachine\' }
    ) {
        $failed = { Test-ExchangeTlsCert -Store $Name -ErrorAction Stop } | Should -Throw -PassThru -ErrorId 'StoreNotFound,Test-ExchangeTlsCert'
        $failed.Exception.Message | Should -BeLike "The store '$Name' cannot be read: *. Certificates in files are tested with -Path."
        $failed.TargetObject | Should -BeExactly $Name
    }

    It 'is completed' {
        $text = 'Test-ExchangeTlsCert -Store Cert:\L'
        (TabExpansion2 -inputScript $text -cursorColumn $text.Length).CompletionMatches.CompletionText | Should -Contain 'Cert:\LocalMachine\My'
        $text = 'Test-ExchangeTlsCert -Store '
        (TabExpansion2 -inputScript $text -cursorColumn $text.Length).CompletionMatches.CompletionText | Should -HaveCount 3
    }
}

Describe '-Root, -Intermediate and -Crl' {
    It 'replace those of the machine' {
        (Test-ExchangeTlsCert -Path $file @trust).Result | Should -BeExactly 'Pass'
        Get-Code -Test (Test-ExchangeTlsCert -Path $file -Root $trust.Root -Intermediate @() -At $trust.At) | Should -Contain 'MissingIntermediate'
        Get-Code -Test (Test-ExchangeTlsCert -Path $file -Root @() -Intermediate $trust.Intermediate -At $trust.At) | Should -Contain 'MissingIntermediate'
        Get-Code -Test (Test-ExchangeTlsCert -Path $file -Root $null -Intermediate $null -Crl $null -At $trust.At) | Should -Contain 'MissingIntermediate'
    }

    It 'take folders and wildcards' {
        $folder = Join-Path -Path $TestDrive -ChildPath 'authorities'
        [void] (New-Item -ItemType Directory -Path $folder)
        Copy-Item -LiteralPath $trust.Root, $trust.Intermediate, $trust.Crl -Destination $folder
        (Test-ExchangeTlsCert -Path $file -Root "$folder/root*" -Intermediate "$folder/intermediates.pem" -Crl "$folder/li*.pem" -At $trust.At).Result | Should -BeExactly 'Pass'
        # A folder of roots: all in it are trusted; lists among them are left for -Crl.
        $test = Test-ExchangeTlsCert -Path $file -Root $folder -Intermediate @() -At $trust.At
        Get-FileName -Path $test.Chain.Source | Should -Be @('tested.pem', 'intermediates.pem')
        $test.Result | Should -BeExactly 'Pass'
    }

    It 'are the machine''s where they are not given' {
        $said = Test-ExchangeTlsCert -Path $file -At $trust.At -Verbose 4>&1
        ($said | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }) -match '^Tested against \d+ roots, \d+ intermediates' | Should -HaveCount 1
        Get-Code -Test ($said | Where-Object { $_ -isnot [System.Management.Automation.VerboseRecord] }) | Should -Contain 'MissingIntermediate'
    }

    It 'are refused in words: <Part>' -ForEach @('Root', 'Intermediate', 'Crl' | ForEach-Object { @{ Part = $_ } }) {
        $empty = Join-Path -Path $TestDrive -ChildPath "empty $Part"
        [void] (New-Item -ItemType Directory -Path $empty)
        $broken = Join-Path -Path $TestDrive -ChildPath "broken $Part.cer"
        [System.IO.File]::WriteAllText($broken, 'nothing')
        $parameters = @{ Path = $file; At = $trust.At; Root = @(); Intermediate = @() }
        foreach ($place in @{ 'PathNotFound' = 'nowhere'; 'NotFound' = $empty; 'Unreadable' = $broken; 'StoreNotFound' = 'Cert:\CurrentUser\NoSuchStore' }.GetEnumerator()) {
            $parameters[$Part] = $place.Value
            $tests = Test-ExchangeTlsCert @parameters -ErrorVariable failed -ErrorAction SilentlyContinue
            # The certificate is tested all the same.
            $tests | Should -HaveCount 1
            $failed.FullyQualifiedErrorId | Should -Be "$($place.Key),Test-ExchangeTlsCert"
            $failed[0].Exception.Message | Should -Match ([regex]::Escape($place.Value))
        }
    }
}

Describe 'Connectors and names' {
    BeforeAll {
        $name = '<I>CN=Zoo Issuing CA, O=Zoo, C=US<S>CN=mail.contoso.com, O=Contoso, C=US'
        $connector = [pscustomobject] @{ Identity = 'EX\To Partner'; Name = 'To Partner'; TlsCertificateName = $name }
    }

    It 'select the certificate that is presented' {
        (Test-ExchangeTlsCert -Path $file @trust).Selected | Should -BeNullOrEmpty
        (Test-ExchangeTlsCert -Path $file @trust -TlsCertificateName $name).Selected | Should -BeTrue
        (Test-ExchangeTlsCert -Path $file @trust -SendConnector $connector).Selected | Should -BeTrue
        (Test-ExchangeTlsCert -Path $file @trust -Fqdn mail.contoso.com).Selected | Should -BeTrue
        (Test-ExchangeTlsCert -Path $file @trust -Fqdn other.contoso.com).Selected | Should -BeFalse
    }

    It 'are told by name in findings' {
        $connector.TlsCertificateName = '<I>CN=Other<S>CN=Other'
        $test = Test-ExchangeTlsCert -Path $file @trust -SendConnector $connector
        ($test.Findings | Where-Object { $_.Code -eq 'TlsCertificateNameNotFound' }).Message | Should -Match 'EX\\To Partner'
        $connector.TlsCertificateName = $name
    }

    It 'are taken as far as they are known: <About>' -ForEach @(
        # A self-signed certificate: an Error where a host outside looks at it.
        @{ About = 'all'; Facts = @{ RequireTLS = $true; SmartHosts = @('mx.fabrikam.com'); Fqdn = 'mail.contoso.com' }; Severity = 'Error' }
        @{ About = 'text'; Facts = @{ RequireTLS = 'True'; SmartHosts = 'ex2.contoso.com; mx.fabrikam.com'; Fqdn = 'mail.contoso.com' }; Severity = 'Error' }
        @{ About = 'by DNS'; Facts = @{ RequireTLS = $true; DNSRoutingEnabled = $true }; Severity = 'Error' }
        @{ About = 'SmartHostsString alone'; Facts = @{ RequireTLS = $true; SmartHostsString = '[203.0.113.7],ex2' }; Severity = 'Error' }
        @{ About = 'inside'; Facts = @{ RequireTLS = $true; SmartHosts = @('ex2.contoso.com'); Fqdn = 'mail.contoso.com'; DNSRoutingEnabled = $false }; Severity = 'Warning' }
        @{ About = 'without TLS'; Facts = @{ RequireTLS = $false; DNSRoutingEnabled = $true }; Severity = 'Warning' }
        @{ About = 'RequireTLS not known'; Facts = @{ DNSRoutingEnabled = $true }; Severity = 'Warning' }
        @{ About = 'RequireTLS empty'; Facts = @{ RequireTLS = $null; DNSRoutingEnabled = $true }; Severity = 'Warning' }
    ) {
        $object = [pscustomobject] ($Facts + @{ Name = 'A'; TlsCertificateName = '' })
        $own = New-TestCertificate -CommonName 'mail.contoso.com' -Dns 'mail.contoso.com'
        foreach ($one in $object, (Copy-ByRemoting -Object $object)) {
            $test = $own | Test-ExchangeTlsCert @nothing -SendConnector $one
            ($test.Findings | Where-Object { $_.Code -eq 'SelfSigned' }).Severity | Should -BeExactly $Severity
        }
    }

    It 'tell an empty TlsCertificateName from one that is not known' {
        $empty = [pscustomobject] @{ Name = 'A'; Fqdn = 'mail.contoso.com'; TlsCertificateName = $null }
        $absent = [pscustomobject] @{ Name = 'A'; Fqdn = 'mail.contoso.com'; RequireTLS = $true }
        (Test-ExchangeTlsCert -Path $file @trust -SendConnector $empty).Selected | Should -BeTrue
        (Test-ExchangeTlsCert -Path $file @trust -SendConnector $absent).Selected | Should -BeNullOrEmpty
    }

    It 'are refused where they are none: <_>' -ForEach 'Outbound to Office 365', 4, (Get-Item -LiteralPath /) {
        $wrong = $_
        $tests = Test-ExchangeTlsCert -Path $file @trust -SendConnector $wrong -ErrorVariable failed -ErrorAction SilentlyContinue
        $tests | Should -HaveCount 1
        $failed.FullyQualifiedErrorId | Should -Be 'NotASendConnector,Test-ExchangeTlsCert'
    }
}

Describe 'Time' {
    It '-At decides, in UTC: <Kind>' -ForEach @('Utc', 'Local', 'Unspecified' | ForEach-Object { @{ Kind = $_ } }) {
        $last = $certificate.NotAfter.ToUniversalTime()
        $convert = { param($Time) switch ($Kind) { 'Utc' { $Time } 'Local' { $Time.ToLocalTime() } 'Unspecified' { [datetime]::SpecifyKind($Time.ToLocalTime(), 'Unspecified') } } }
        $parameters = @{ Path = $file; Root = $trust.Root; Intermediate = $trust.Intermediate }
        Get-Code -Test (Test-ExchangeTlsCert @parameters -At (& $convert $last)) | Should -Not -Contain 'Expired'
        $test = Test-ExchangeTlsCert @parameters -At (& $convert $last.AddSeconds(1))
        Get-Code -Test $test | Should -Contain 'Expired'
        $test.DaysLeft | Should -BeLessThan 0
        Get-Code -Test (Test-ExchangeTlsCert @parameters -At (& $convert $certificate.NotBefore.ToUniversalTime().AddSeconds(-1))) | Should -Contain 'NotYetValid'
    }

    It 'is now without it' {
        $soon = New-TestCertificate -CommonName a -NotAfter ([datetimeoffset]::UtcNow.AddDays(10).AddHours(1))
        $test = $soon | Test-ExchangeTlsCert -Root @() -Intermediate @()
        $test.DaysLeft | Should -Be 10
        Get-Code -Test $test | Should -Contain 'ExpiresSoon'
    }

    It '-ExpiryWarningDays decides what is soon' {
        $parameters = @{ Path = $file; Root = $trust.Root; Intermediate = $trust.Intermediate; At = $certificate.NotAfter.AddDays(-40) }
        Get-Code -Test (Test-ExchangeTlsCert @parameters) | Should -Not -Contain 'ExpiresSoon'
        Get-Code -Test (Test-ExchangeTlsCert @parameters -ExpiryWarningDays 41) | Should -Contain 'ExpiresSoon'
        Get-Code -Test (Test-ExchangeTlsCert @parameters -ExpiryWarningDays 0) | Should -Not -Contain 'ExpiresSoon'
        { Test-ExchangeTlsCert @parameters -ExpiryWarningDays -1 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,Test-ExchangeTlsCert'
    }
}

Describe 'Errors' {
    It 'has the id <Id>, and what else is given is tested' -ForEach @(
        @{ Id = 'PathNotFound'; Script = { Test-ExchangeTlsCert -Path nowhere.cer, $file @trust } }
        @{ Id = 'PathNotFound'; Script = { 'nowhere.cer', $file | Test-ExchangeTlsCert @trust } }
        @{ Id = 'NotFileSystemPath'; Script = { Test-ExchangeTlsCert -Path env:PATH, $file @trust } }
        @{ Id = 'NotFound'; Script = { Test-ExchangeTlsCert -Path (New-Item -ItemType Directory -Path "$TestDrive/$([guid]::NewGuid())").FullName, $file @trust } }
        @{ Id = 'NotACertificate'; Script = { 3, $certificate | Test-ExchangeTlsCert @trust } }
        @{ Id = 'NotACertificate'; Script = { [pscustomobject] @{ RawData = $null }, $certificate | Test-ExchangeTlsCert @trust } }
        @{ Id = 'NotACertificate'; Script = { [pscustomobject] @{ SerializationData = [byte[]] (1, 2, 3) }, $certificate | Test-ExchangeTlsCert @trust } }
    ) {
        $ErrorActionPreference = 'Continue' # as outside Pester
        $given = @(& $Script 2>&1)
        $errors = @($given | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] })
        $errors.FullyQualifiedErrorId | Should -Be "$Id,Test-ExchangeTlsCert"
        ($given | Where-Object { $_ -is [ExchangeTls.CertificateTest] }).Result | Should -Be 'Pass'
    }

    It 'says that a file cannot be read' -Skip:(-not (Test-Path -LiteralPath /proc/self/mem)) {
        # A file whose first byte nobody can read, not even root.
        Get-Id -Script { Test-ExchangeTlsCert -Path /proc/self/mem @trust } | Should -Be 'Unreadable,Test-ExchangeTlsCert'
    }

    It 'says that a file is too large' {
        $large = Join-Path -Path $TestDrive -ChildPath 'large.cer'
        $stream = [System.IO.File]::Create($large)
        $stream.SetLength(256MB + 1)
        $stream.Dispose()
        Get-Id -Script { Test-ExchangeTlsCert -Path $large @trust } | Should -Be 'Unreadable,Test-ExchangeTlsCert'
    }

    It 'leaves nothing in $Error where nothing failed' {
        $Error.Clear()
        $found = @($certificate | Test-ExchangeTlsCert -At $trust.At) + @(Test-ExchangeTlsCert -Path $file @trust)
        $found | Should -HaveCount 2
        $Error | Should -BeNullOrEmpty
    }
}

Describe 'The stories that admins tell' {
    BeforeAll {
        $stories = 'duplicate-keyless', 'duplicate-revoked', 'duplicate-expired', 'missing-second-intermediate', 'untrusted-root', 'wildcard-deep', 'duplicate-renewed'
        $told = @{}
        foreach ($story in $stories) { $told[$story] = @(Invoke-ZooCase -Folder (Get-ZooCase -Name $story).Folder) }
    }

    It '<Story>: <Code> about one of <Count>, with a remedy' -ForEach @(
        @{ Story = 'duplicate-keyless'; Code = 'NoPrivateKey'; Count = 2; Remedy = '\| Remove-Item -Confirm' }
        @{ Story = 'duplicate-revoked'; Code = 'Revoked'; Count = 2; Remedy = '^Remove-ExchangeCertificate -Thumbprint' }
        @{ Story = 'duplicate-expired'; Code = 'Expired'; Count = 2; Remedy = '^Remove-ExchangeCertificate -Thumbprint' }
        @{ Story = 'missing-second-intermediate'; Code = 'MissingIntermediate'; Count = 1; Remedy = '^Import-Certificate .*LocalMachine\\CA' }
        @{ Story = 'untrusted-root'; Code = 'UntrustedRoot'; Count = 1; Remedy = '^Import-Certificate .*LocalMachine\\Root' }
        @{ Story = 'wildcard-deep'; Code = 'NameMismatch'; Count = 1; Remedy = '^New-ExchangeCertificate -GenerateRequest' }
        @{ Story = 'duplicate-renewed'; Code = 'ExpiresSoon'; Count = 2; Remedy = 'Format-List Thumbprint' }
    ) {
        $told[$Story] | Should -HaveCount $Count
        $about = @($told[$Story] | Where-Object { (Get-Code -Test $_) -contains $Code })
        $about | Should -HaveCount 1
        @($about[0].Remedy) -match $Remedy | Should -Not -BeNullOrEmpty
        # What is removed is looked at first.
        if ($Remedy -like '^Remove*') { [array]::FindIndex($about[0].Remedy, [Predicate[string]] { $args[0] -match '^Get-ExchangeCertificate' }) | Should -Be 0 }
    }

    It 'are told apart by their findings alone' {
        $marks = foreach ($story in $stories) { ($told[$story] | ForEach-Object { ($_.Findings | Where-Object { $_.Severity -ne 'Info' } | ForEach-Object { $_.Code }) -join ' ' } | Sort-Object) -join ' | ' }
        $marks | Should -Not -Contain ''
        ($marks | Select-Object -Unique).Count | Should -Be $stories.Count
    }

    It 'lets a wildcard pass that fits' {
        (Invoke-ZooCase -Folder (Get-ZooCase -Name 'wildcard').Folder).Result | Should -Be 'Pass'
    }
}

Describe 'Real exports of Exchange' -Skip:(-not $hasExports) {
    BeforeAll {
        $certificates = Import-Clixml -LiteralPath (Join-Path -Path $Exports -ChildPath 'GetExchangeCertificateMultipleMatches.xml')
        $connector = Import-Clixml -LiteralPath (Join-Path -Path $Exports -ChildPath 'GetSendConnector.xml')
        $tests = $certificates | Test-ExchangeTlsCert -SendConnector $connector @nothing
    }

    It 'are read whole, with what they do not tell left empty' {
        $tests | Should -HaveCount 5
        $tests.Thumbprint | Should -Be $certificates.Thumbprint
        $tests | ForEach-Object { $_.HasPrivateKey, $_.Services | Should -Be @($null, $null) }
        $tests[0].Source | Should -BeExactly "win-ctd3l0rgen4.exlab.dom\$($tests[0].Thumbprint)"
        Get-Code -Test $tests | Should -Not -Contain 'NoPrivateKey'
    }

    It 'show the two certificates that answer to the name of the connector' {
        $matching = @($tests | Where-Object { (Get-Code -Test $_) -contains 'AmbiguousTlsCertificateName' })
        $matching.Subject | Should -Be @('CN=localhost', 'CN=localhost')
        ($tests | Where-Object { $_.Selected }).Thumbprint | Should -Be '03221367D3A3E863698501592A9B9C420D8D3F4E'
        ($matching[0].Findings | Where-Object { $_.Code -eq 'AmbiguousTlsCertificateName' }).Message | Should -Match 'Mail to O365'
    }

    It 'are read from SerializationData alone' {
        $bare = $certificates | Select-Object -Property SerializationData, PSComputerName
        ($bare | Test-ExchangeTlsCert @nothing).Thumbprint | Should -Be $tests.Thumbprint
        ($bare | Test-ExchangeTlsCert @nothing).Source | Select-Object -Unique | Should -Be 'win-ctd3l0rgen4.exlab.dom'
    }
}
