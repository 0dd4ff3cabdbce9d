# The binding is what the header says: functions, numbers, and every field of every struct.
BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    $header = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($Root, 'include', 'exchange_tls.h'))
    $structs = @([regex]::Matches($header, '(?m)^typedef struct (extls_\w+) \{') | ForEach-Object { @{ Name = $_.Groups[1].Value } })
    if ($structs.Count -lt 10) { throw "include/exchange_tls.h has $($structs.Count) structs." }
    $compiler = Get-Command -Name gcc, cc -CommandType Application -ErrorAction Ignore | Select-Object -First 1
}

Describe 'The binding' {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        Import-TestModule
        $header = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($Root, 'include', 'exchange_tls.h'))
        $code = [regex]::Replace($header, '(?s)/\*.*?\*/', '')
        $inHeader = @([regex]::Matches($code, '(?m)^[\w *]*?\b(extls_\w+)\([^)]*\);') | ForEach-Object { $_.Groups[1].Value } | Sort-Object)
        $internal = [System.Reflection.BindingFlags] 'NonPublic, Public, Static, Instance'
        $compiler = Get-Command -Name gcc, cc -CommandType Application -ErrorAction Ignore | Select-Object -First 1

        function Get-Layout {
            # Size and offsets of a struct as the C compiler sees them.
            param([string] $Name, [string[]] $Field)
            $source = Join-Path -Path $TestDrive -ChildPath "$Name.c"
            $program = Join-Path -Path $TestDrive -ChildPath $Name
            $lines = @('#include <stdio.h>', '#include <stddef.h>', '#include "exchange_tls.h"', 'int main(void) {', "printf(`"size %zu\n`", sizeof($Name));")
            $lines += foreach ($one in $Field) { "printf(`"$one %zu %zu\n`", offsetof($Name, $one), sizeof((($Name *)0)->$one));" }
            [System.IO.File]::WriteAllText($source, ($lines + 'return 0; }') -join "`n")
            & $compiler -I (Join-Path -Path $Root -ChildPath 'include') -o $program $source
            & $program
        }
    }

    It 'has the functions of the header, all of them and no other' {
        $bound = @((Get-Native -Name 'Functions').GetNestedTypes($internal) | ForEach-Object { $_.Name } | Sort-Object)
        $inHeader.Count | Should -BeGreaterThan 5
        $bound | Should -Be $inHeader
    }

    It 'finds them in the library, which exports no others' -Skip:(-not (Get-Command -Name nm -CommandType Application -ErrorAction Ignore)) {
        $exported = @(nm -D --defined-only ([ExchangeTls.Library]::Path) | ForEach-Object { ($_ -split ' ')[-1] } | Where-Object { $_ -like 'extls_*' } | Sort-Object)
        $exported | Should -Be $inHeader
    }

    It 'has the numbers of the header' {
        $defined = [regex]::Matches($code, '(?m)^#define (EXTLS_\w+) (-?\d+|INT64_MIN|UINT32_MAX)\s*$')
        $defined.Count | Should -BeGreaterThan 15
        foreach ($constant in $defined) {
            $field = (Get-Native -Name 'Constants').GetField($constant.Groups[1].Value, $internal)
            $field | Should -Not -BeNullOrEmpty -Because $constant.Groups[1].Value
            $value = switch ($constant.Groups[2].Value) { 'INT64_MIN' { [long]::MinValue } 'UINT32_MAX' { [long] [uint32]::MaxValue } default { [long] $_ } }
            [long] $field.GetRawConstantValue() | Should -Be $value -Because $constant.Groups[1].Value
        }
        (Get-Native -Name 'Constants').GetFields($internal).Count | Should -Be $defined.Count
    }

    It 'has the layout of <Name>' -ForEach $structs -Skip:(-not $compiler) {
        $type = Get-Native -Name $Name
        $marshal = [System.Runtime.InteropServices.Marshal]
        $fields = @($type.GetFields([System.Reflection.BindingFlags] 'Public, Instance'))
        $declared = [regex]::Match($code, "(?s)typedef struct $Name \{(.*?)\} $Name;").Groups[1].Value
        $names = @([regex]::Matches($declared, '(\w+);') | ForEach-Object { $_.Groups[1].Value })
        $fields.Name | Should -Be $names
        $own = @("size $($marshal::SizeOf([type] $type))")
        $own += foreach ($field in $fields) { "$($field.Name) $($marshal::OffsetOf([type] $type, $field.Name)) $($marshal::SizeOf([type] $field.FieldType))" }
        $own | Should -Be @(Get-Layout -Name $Name -Field $names)
    }

    It 'knows every cause of the header' {
        $causes = [ExchangeTls.Library]::GetCauses()
        $numbers = [regex]::Matches($code, 'EXTLS_CAUSE_(\w+) = (\d+),')
        $numbers.Count | Should -BeGreaterThan 20
        $causes | Should -HaveCount $numbers.Count
        foreach ($number in $numbers) {
            $cause = $causes | Where-Object { $_.Number -eq [uint32] $number.Groups[2].Value }
            $cause.Name | Should -Be $number.Groups[1].Value.Replace('_', '')
            $cause.Title | Should -Match '\.$'
            $cause.Stage | Should -Not -BeNullOrEmpty
        }
    }

    It 'knows every code of findings, each with its page' {
        $findings = [ExchangeTls.Library]::GetFindings()
        $findings.Count | Should -BeGreaterThan 25
        ($findings.Name | Select-Object -Unique).Count | Should -Be $findings.Count
        foreach ($finding in $findings) {
            $finding.Title | Should -Match '\.$'
            $finding.Severity | Should -BeIn @('Error', 'Warning', 'Info')
            [System.IO.Path]::Combine($Root, 'docs', 'findings', "$($finding.Name).md") | Should -Exist
        }
    }

    It 'finds the certificate in what Exchange serializes, and nothing in other data' {
        $der = [byte[]] (0x30, 3, 1, 2, 3)
        $entry = [byte[]] (32, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0) + $der
        $find = { param($Data) [ExchangeTls.CertificateTester]::FindSerialized([byte[]] $Data) }
        & $find (@(0, 1, 2, 32, 0, 0, 0) + $entry + @(9, 9)) | Should -Be $der
        & $find $entry | Should -Be $der
        & $find @() | Should -BeNullOrEmpty
        & $find $entry[0..15] | Should -BeNullOrEmpty
        # Lengths that are too large, or negative.
        & $find (@(32, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 127) + $der) | Should -BeNullOrEmpty
        & $find (@(32, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 255) + $der) | Should -BeNullOrEmpty
    }

    It 'takes no certificates any more once it has tested, and can be disposed twice' {
        $tester = [ExchangeTls.CertificateTester]::new([ExchangeTls.CertificateTestOptions] @{})
        $tester.Add([ExchangeTls.CertificateObject] @{ Content = [byte[]] (1, 2, 3); Source = 'a' }, 'Tested')
        $tester.ReadResults().Findings.Code | Should -Be 'Malformed'
        $tester.ReadResults() | Should -BeNullOrEmpty
        $failed = { $tester.AddConnector([ExchangeTls.SendConnector] @{ Name = 'a' }) } | Should -Throw -PassThru
        $failed.Exception.InnerException.Status | Should -Be -1
        $tester.Dispose()
        $tester.Dispose()
        { $tester.ReadResults() } | Should -Throw -ExceptionType ([System.Management.Automation.MethodInvocationException])
    }

    It 'gives an error in the words of the library' {
        $options = [ExchangeTls.ScanOptions] @{ Paths = @('/') ; Causes = @(4711) }
        $failed = { [ExchangeTls.ScanReader]::new().Open($options) } | Should -Throw -PassThru
        $failed.Exception.InnerException.Message | Should -BeExactly 'options.causes holds 4711, which is no cause'
        $failed.Exception.InnerException.Status | Should -Be -1
    }

    It 'can be disposed twice, and says so when it is read afterwards' {
        $reader = [ExchangeTls.ScanReader]::new()
        { $reader.ReadPage(1, 10) } | Should -Throw -ExceptionType ([System.Management.Automation.MethodInvocationException]) -Because 'it is not open yet'
        $reader.Open([ExchangeTls.ScanOptions] @{ Paths = @($Seeds) ; Recurse = $true })
        $reader.Dispose()
        $reader.Dispose()
        { $reader.ReadPage(1, 10) } | Should -Throw -ExceptionType ([System.Management.Automation.MethodInvocationException])
    }

    It 'keeps UTF-8 both ways' {
        $folder = Join-Path -Path $TestDrive -ChildPath "B$([char]0xFC)ro $([char]0x96FB)$([char]0x5B50)"
        [void] (New-Item -ItemType Directory -Path $folder)
        Get-ChildItem -LiteralPath (Get-CaseInput -Name 'odd-connector-name-cjk') -File | Copy-Item -Destination $folder
        $failure = Get-SendConnectorFailure -Path $folder | Select-Object -First 1
        $failure.Path | Should -BeLike "$folder*"
        $failure.Connector | Should -Match '[\u4E00-\u9FFF]'
        Get-SendConnectorFailure -Path $folder -Connector $failure.Connector | Should -Not -BeNullOrEmpty
    }
}
