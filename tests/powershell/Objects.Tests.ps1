# The library reads files of Export-Clixml and ConvertTo-Json by itself (-Path);
# PowerShell reads them with Import-Clixml. Both must see the same.
BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/compare.ps1
    . $PSScriptRoot/evidence.ps1
    . $PSScriptRoot/zoo.ps1
    Import-TestModule
    $cjk = "$([char] 0x96FB)$([char] 0x5B50)$([char]::ConvertFromUtf32(0x1F600))"
    $text = '451 4.4.0 Primary target IP address responded with: "421 4.4.1 Connection timed out."'

    function New-Queue {
        param([string] $Name, [hashtable] $But = @{})
        $properties = [ordered] @{
            Identity = "EX01\$Name"; NextHopDomain = 'fabrikam.com'; DeliveryType = 'DnsConnectorDelivery'; Status = 'Retry'; MessageCount = 12
            NextHopConnector = [guid]::new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11); LastError = $text
        }
        foreach ($key in $But.Keys) { $properties[$key] = $But[$key] }
        [pscustomobject] $properties
    }

    function New-Connector {
        param([string] $Name, [hashtable] $But = @{})
        $properties = [ordered] @{
            Identity = "EX01\$Name"; Name = $Name; Server = 'EX01'; Bindings = @('0.0.0.0:25', '[::]:25'); RemoteIPRanges = @('0.0.0.0-255.255.255.255', '::/0')
            AuthMechanism = 'Tls, Integrated'; PermissionGroups = 'ExchangeServers, AnonymousUsers'; TransportRole = 'FrontendTransport'; Enabled = $true
            Fqdn = 'EX01.contoso.com'; TlsCertificateName = $null
        }
        foreach ($key in $But.Keys) { $properties[$key] = $But[$key] }
        [pscustomobject] $properties
    }

    function Add-Text {
        param($Object, [string] $Text)
        $Object | Add-Member -MemberType ScriptMethod -Name ToString -Value ([scriptblock]::Create("'$Text'")) -Force -PassThru
    }

    function Read-Answer {
        # What the library says of a file that it reads itself.
        param([string] $Path, [ExchangeTls.AnswerKind] $Kind)
        $reader = [ExchangeTls.EvidenceReader]::new($Kind, [datetime]::new(2026, 6, 1, 0, 0, 0, [System.DateTimeKind]::Utc), $null)
        try {
            $reader.BeginPaths(@($Path))
            while (-not $reader.Wait(1000)) { continue }
            $reader.ReadAnswers()
        }
        finally { $reader.Dispose() }
    }

    function Compare-Reading {
        # The two readings of objects, as text: of a file by the library, and of the same by Import-Clixml.
        param([object[]] $Object, [string] $Kind, [string] $Encoding = 'utf8')
        $file = Join-Path -Path $TestDrive -ChildPath "$([guid]::NewGuid()).xml"
        $Object | Export-Clixml -LiteralPath $file -Encoding $Encoding
        $byLibrary = @(Read-Answer -Path $file -Kind $Kind)
        $imported = @(Import-Clixml -LiteralPath $file)
        $byShell = if ($Kind -eq 'Queues') { $imported | Get-QueueFailure -ErrorAction Stop } else { $imported | Test-ReceiveConnectorAuth -ErrorAction Stop }
        $byShell = @($byShell)
        $byLibrary.Count | Should -Be $byShell.Count
        ConvertTo-Json -InputObject $byLibrary -Depth 4 | Should -BeExactly (ConvertTo-Json -InputObject $byShell -Depth 4)
        $joined = @(Get-ExchangeTlsDiagnosis -Path $file -At 2026-06-01)
        ConvertTo-Json -InputObject $joined -Depth 5 | Should -BeExactly (ConvertTo-Json -InputObject @($imported | Get-ExchangeTlsDiagnosis -At 2026-06-01) -Depth 5)
        Remove-Item -LiteralPath $file
        , $byLibrary
    }
}

Describe 'Export-Clixml, read by both, as <_>' -ForEach 'utf8', 'unicode', 'utf8BOM', 'bigendianunicode' {
    It 'texts: escapes, characters of all languages, line ends, quotes' {
        $encoding = $_
        $texts = @(
            "421 4.2.1 Unable to connect`r`n  to`tthe host", 'a _x000A_ b _x005F_ c _x _xD83D_', "550 5.1.1 $cjk <&>`"'", "$([char] 0)$([char] 27)[31m$([char] 0x202E)421 4.4.2 x"
            "421 4.4.1 $([char] 0xD83D) half", '421 4.2.1 ]]> <!-- -->', " $text ", "421`u{0085}4.2.1".Replace('u{0085}', [string] [char] 0x85)
        )
        $number = 0
        $queues = foreach ($one in $texts) { New-Queue -Name (++$number) -But @{ LastError = $one; NextHopDomain = $one } }
        $found = Compare-Reading -Object $queues -Kind Queues -Encoding $encoding
        $found | Should -HaveCount $texts.Count
        $found[1].LastError | Should -BeExactly 'a _x000A_ b _x005F_ c _x _xD83D_'
        $found[2].LastError | Should -BeExactly "550 5.1.1 $cjk <&>`"'"
    }

    It 'values of all types' {
        $encoding = $_
        $note = [string] 'Retry' | Add-Member -MemberType NoteProperty -Name PSPath -Value 'C:\a' -PassThru
        $queues = @(
            New-Queue -Name 1 -But @{ LastRetryTime = [datetime]::new(2024, 1, 2, 3, 4, 5, [System.DateTimeKind]::Utc); MessageCount = [long] 5GB }
            New-Queue -Name 2 -But @{ LastRetryTime = [datetime]::new(2024, 7, 2, 3, 4, 5, 678, [System.DateTimeKind]::Local); MessageCount = [byte] 7 }
            New-Queue -Name 3 -But @{ LastRetryTime = Get-Date; MessageCount = [uint64] 9 }
            New-Queue -Name 4 -But @{ LastRetryTime = '1/2/2024 3:04:05 PM'; MessageCount = '17' }
            New-Queue -Name 5 -But @{ LastRetryTime = $null; MessageCount = $null; NextHopDomain = $null; Status = '' }
            New-Queue -Name 6 -But @{ Status = [System.DayOfWeek]::Friday; DeliveryType = [System.IO.FileAttributes] 'Hidden, System'; NextHopDomain = [uri] 'http://contoso.com/' }
            New-Queue -Name 7 -But @{ Status = $note; NextHopDomain = [version] '15.2'; DeliveryType = [ipaddress] '2001:db8::1' }
            New-Queue -Name 8 -But @{ Status = @('Retry'); NextHopDomain = @(); DeliveryType = [System.Collections.ArrayList] @('a') }
            New-Queue -Name 9 -But @{ Odd = [byte[]] (1..200); Table = @{ a = 1; b = @{ c = 2 } }; Deep = @(1, @(2, @(3, @(4, @(5))))); Nested = [pscustomobject] @{ A = [pscustomobject] @{ B = [pscustomobject] @{ C = 1 } } } }
        )
        $found = Compare-Reading -Object $queues -Kind Queues -Encoding $encoding
        $found | Should -HaveCount $queues.Count
        $found.Identity | Should -Be @(1..9 | ForEach-Object { "EX01\$_" })
        '{0:u}' -f $found[0].LastRetryTime | Should -BeExactly '2024-01-02 03:04:05Z'
        $found[2].LastRetryTime | Should -BeOfType [datetime]
        $found[0].MessageCount | Should -Be 5GB
        $found[6].Status | Should -BeExactly 'Retry'
    }

    It 'lists, endpoints and enumerations of connectors' {
        $encoding = $_
        $endpoint = [pscustomobject] @{ Address = [ipaddress] '::'; Port = 25 }
        $list = [System.Collections.Generic.List[object]]::new()
        $list.Add('0.0.0.0:25')
        $list.Add($endpoint)
        $connectors = @(
            New-Connector -Name 'Plain'
            New-Connector -Name 'List' -But @{ Bindings = $list; AuthMechanism = 3 }
            New-Connector -Name 'Lost' -But @{ Bindings = @([pscustomobject] @{ Address = '0.0.0.0'; Port = 25 }, $endpoint); RemoteIPRanges = '10.0.0.0/8' }
            New-Connector -Name 'Text' -But @{ Bindings = @(Add-Text -Object ([pscustomobject] @{ Port = 25; Address = 'x' }) -Text '0.0.0.0:25'); PermissionGroups = [pscustomobject] @{ Value = 'ExchangeServers' } }
            New-Connector -Name 'Empty' -But @{ Bindings = @(); RemoteIPRanges = $null; AuthMechanism = $null; Fqdn = [pscustomobject] @{ Domain = 'EX01.contoso.com'; Length = 16 } }
            New-Connector -Name "B$([char] 0xFC)ro $cjk"
        )
        $found = Compare-Reading -Object $connectors -Kind Connectors -Encoding $encoding
        $found | Should -HaveCount $connectors.Count
        $found[1].Bindings | Should -Be '0.0.0.0:25', '[::]:25'
        $found[2].Bindings | Should -Be '0.0.0.0:25', '[::]:25'
        $found[-1].Identity | Should -BeExactly "EX01\B$([char] 0xFC)ro $cjk"
    }

    It 'the same object twice, and within another' {
        $encoding = $_
        $one = New-Queue -Name 1
        $domain = [pscustomobject] @{ Domain = 'contoso.com' }
        $shared = 2, 3 | ForEach-Object { New-Queue -Name $_ -But @{ NextHopDomain = $domain } }
        $found = Compare-Reading -Object (@($one, $one) + $shared) -Kind Queues -Encoding $encoding
        $found.Identity | Should -Be 'EX01\1', 'EX01\1', 'EX01\2', 'EX01\3'
        $found[3].NextHopDomain | Should -BeExactly 'contoso.com'
    }

    It 'a list as one object' {
        $encoding = $_
        $file = Join-Path -Path $TestDrive -ChildPath 'list.xml'
        $one = New-Queue -Name 1
        Export-Clixml -InputObject @($one, (New-Queue -Name 2), $one) -LiteralPath $file -Encoding $encoding
        (Read-Answer -Path $file -Kind Queues).Identity | Should -Be 'EX01\1', 'EX01\2', 'EX01\1'
        (Import-Clixml -LiteralPath $file | Get-QueueFailure).Identity | Should -Be 'EX01\1', 'EX01\2', 'EX01\1'
    }

    It 'hashtables' {
        $found = Compare-Reading -Object @{ LastError = $text; Identity = 'EX01\1'; MessageCount = 3 } -Kind Queues -Encoding $_
        $found[0].Identity, $found[0].MessageCount | Should -Be 'EX01\1', 3
    }
}

Describe 'ConvertTo-Json, read by both' {
    It 'says the same, <Way>' -ForEach @(
        @{ Way = 'as a list'; Write = { param($Object) ConvertTo-Json -InputObject $Object -Depth 4 } }
        @{ Way = 'one a line'; Write = { param($Object) $Object | ForEach-Object { ConvertTo-Json -InputObject $_ -Compress -Depth 4 } } }
    ) {
        $objects = @(
            New-Queue -Name 1 -But @{ LastError = "550 5.1.1 $cjk `"\/`r`n"; LastRetryTime = [datetime]::new(2024, 1, 2, 3, 4, 5, [System.DateTimeKind]::Utc) }
            New-Queue -Name 2 -But @{ LastRetryTime = $null; MessageCount = 0; NextHopDomain = [pscustomobject] @{ Domain = 'contoso.com' } }
        )
        $file = Join-Path -Path $TestDrive -ChildPath 'objects.json'
        foreach ($encoding in 'utf8', 'utf8BOM', 'unicode') {
            & $Write $objects | Set-Content -LiteralPath $file -Encoding $encoding
            $read = @(& $Write $objects | ForEach-Object { if ($Way -eq 'one a line') { $_ | ConvertFrom-Json } }) + @(if ($Way -eq 'as a list') { & $Write $objects | ConvertFrom-Json })
            $found = @(Read-Answer -Path $file -Kind Queues)
            ConvertTo-Json -InputObject $found | Should -BeExactly (ConvertTo-Json -InputObject @($read | Get-QueueFailure))
            ConvertTo-Json -InputObject $found | Should -BeExactly (ConvertTo-Json -InputObject @($objects | Get-QueueFailure))
        }
    }

    It 'reads endpoints and enumerations that JSON took apart' {
        $file = Join-Path -Path $TestDrive -ChildPath 'connector.json'
        $connector = New-Connector -Name 'Parts' -But @{ Bindings = @([pscustomobject] @{ Address = [pscustomobject] @{ AddressFamily = 2; IPAddressToString = '0.0.0.0' }; Port = 25 }); AuthMechanism = 3 }
        ConvertTo-Json -InputObject $connector -Depth 5 | Set-Content -LiteralPath $file
        $found = @(Read-Answer -Path $file -Kind Connectors)
        $found[0].Bindings | Should -Be '0.0.0.0:25'
        $found[0].AuthMechanism | Should -Be Tls, Integrated
    }
}

Describe 'Certificates' {
    It 'are the same from bytes, base64 and lists of numbers' {
        $certificate = Get-ZooCertificate -Folder (Get-ZooCase -Name 'good').Folder | Select-Object -First 1
        $thumbprint = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($certificate.RawData).Thumbprint
        $connector = [pscustomobject] @{ Identity = 'Out'; AddressSpaces = @('SMTP:*;1'); TlsCertificateName = '<I>CN=None<S>CN=None'; RequireTLS = $true; Enabled = $true }
        $queue = New-Queue -Name 1
        $objects = @(
            [pscustomobject] @{ Identity = "EX01\$thumbprint"; RawData = $certificate.RawData; HasPrivateKey = $true; Services = 'SMTP' }
            $connector
            $queue
        )
        $folder = (New-Item -ItemType Directory -Path (Join-Path -Path $TestDrive -ChildPath 'certificates')).FullName
        $objects | Export-Clixml -LiteralPath (Join-Path -Path $folder -ChildPath 'all.xml')
        $json = (New-Item -ItemType Directory -Path (Join-Path -Path $TestDrive -ChildPath 'json')).FullName
        ConvertTo-Json -InputObject $objects -Depth 4 | Set-Content -LiteralPath (Join-Path -Path $json -ChildPath 'all.json')
        $expected = ConvertTo-Json -InputObject @($objects | Get-ExchangeTlsDiagnosis -At 2026-06-01) -Depth 5
        $expected | Should -Match 'Out'
        foreach ($from in $folder, $json) { ConvertTo-Json -InputObject @(Get-ExchangeTlsDiagnosis -Path $from -At 2026-06-01) -Depth 5 | Should -BeExactly $expected }
    }
}
