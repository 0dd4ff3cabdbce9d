# What a remedy may hold, told by PowerShell's own parser. Dot-sourced by tests.
# What remedies are made of. Whoever adds a command to the library adds it here, after a look.
$commandNames = @(
    'Enable-ExchangeCertificate', 'Get-AcceptedDomain', 'Get-AuthConfig', 'Get-ExchangeCertificate', 'Get-InboundConnector', 'Get-Queue', 'Get-ReceiveConnector'
    'Get-SendConnector', 'Get-ServerComponentState', 'Get-TransportConfig', 'Get-TransportService', 'New-ExchangeCertificate', 'Remove-ExchangeCertificate'
    'Retry-Queue', 'Set-ReceiveConnector', 'Set-SendConnector', 'Set-TransportService'
    'Format-List', 'Format-Table', 'Get-ChildItem', 'Get-Item', 'Get-Service', 'Get-TlsCipherSuite', 'Get-WinEvent', 'Import-Certificate', 'Invoke-WebRequest'
    'Join-Path', 'Remove-Item', 'Resolve-DnsName', 'Restart-Service', 'Select-String', 'Set-Content', 'Sort-Object', 'Test-Certificate'
    'Test-ComputerSecureChannel', 'Test-NetConnection', 'Where-Object'
    'certutil', 'netsh', 'setspn', 'w32tm'
    'Get-Date', 'Get-Message', 'Get-ExchangeTlsDiagnosis', 'Get-SendConnectorFailure', 'Test-ExchangeTlsCert', 'Test-ReceiveConnectorAuth'
)
$expandable = '"$($_.TlsCertificateName)"', '"netsh: status $LASTEXITCODE, $($bindings.Count) lines"', '/computer:$env:USERDNSDOMAIN'
# Calls that are always the same.
$calls = '(Get-Date).AddHours(-1)', '$_.ToString()'
$textOf = '{ $_.ToString() }'
$column = '{ ''<I>'' + $_.Issuer + ''<S>'' + $_.Subject }'
$variables = '$_', '$bindings', '$certificate', '$connector', '$connectors', '$null', '$true', '$false', '$LASTEXITCODE', '$env:COMPUTERNAME', '$env:TEMP', '$env:USERDNSDOMAIN'
$nodes = @(
    'ArrayExpressionAst', 'ArrayLiteralAst', 'AssignmentStatementAst', 'BinaryExpressionAst', 'CommandAst', 'CommandExpressionAst', 'CommandParameterAst'
    'ConstantExpressionAst', 'ExpandableStringExpressionAst', 'HashtableAst', 'MemberExpressionAst', 'NamedBlockAst', 'ParenExpressionAst', 'PipelineAst'
    'ScriptBlockAst', 'ScriptBlockExpressionAst', 'StatementBlockAst', 'StringConstantExpressionAst', 'SubExpressionAst', 'UnaryExpressionAst', 'VariableExpressionAst'
)

function Find-Danger {
    # What in a line is not expected, as sentences.
    param([AllowEmptyString()] [string] $Line)
    if ($Line -match '[\x00-\x1F\x7F-\x9F\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]') { "control character: $Line" }
    $problems = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseInput($Line, [ref] $null, [ref] $problems)
    foreach ($problem in $problems) { "cannot be parsed: $($problem.Message): $Line" }
    foreach ($node in $tree.FindAll({ $true }, $true)) {
        $kind = $node.GetType().Name
        $isGood = switch ($kind) {
            'CommandAst' { "$($node.InvocationOperator)" -eq 'Unknown' -and ($node.GetCommandName() -in $commandNames -or "$node" -ceq "ForEach-Object $textOf") -and $node.Redirections.Count -eq 0 }
            'CommandExpressionAst' { $node.Redirections.Count -eq 0 }
            'ExpandableStringExpressionAst' { "$node" -cin $expandable }
            'SubExpressionAst' { "$($node.Parent)" -cin $expandable }
            'VariableExpressionAst' { "$node" -in $variables }
            'AssignmentStatementAst' { "$($node.Left)" -in '$bindings', '$certificate', '$connectors' }
            'InvokeMemberExpressionAst' { "$node" -cin $calls }
            # In parentheses stands a command, which is judged by itself.
            'MemberExpressionAst' { -not $node.Static -and ("$($node.Expression)" -in '$_', '$bindings', '$certificate' -or $node.Expression -is [System.Management.Automation.Language.ParenExpressionAst]) -and "$($node.Member)" -match '^\w+$' }
            # A filter or a column, and nothing else that runs.
            'ScriptBlockExpressionAst' { "$node" -cin $column, $textOf -or ($node.Parent -is [System.Management.Automation.Language.CommandAst] -and $node.Parent.GetCommandName() -in 'Where-Object', 'Sort-Object') }
            'StringConstantExpressionAst' {
                switch ("$($node.StringConstantType)") {
                    'SingleQuoted' { $true }
                    'BareWord' { "$node" -match '^[\w:.\\/*,<>-]+$' }
                    default { $false }
                }
            }
            default { $kind -cin $nodes }
        }
        if (-not $isGood) { "$kind '$node': $Line" }
    }
}
