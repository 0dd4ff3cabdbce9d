@{
    # Every default rule, and those that are off by default. tests/powershell/lint.ps1 runs them.
    IncludeDefaultRules = $true
    Severity            = @('Error', 'Warning', 'Information')
    Rules               = @{
        # Windows PowerShell 5.1 is what Exchange servers have.
        PSUseCompatibleSyntax                     = @{ Enable = $true; TargetVersions = @('5.1', '7.0') }
        PSPlaceOpenBrace                          = @{ Enable = $true; OnSameLine = $true; NewLineAfter = $false; IgnoreOneLineBlock = $true }
        PSPlaceCloseBrace                         = @{ Enable = $true; NewLineAfter = $true; IgnoreOneLineBlock = $true; NoEmptyLineBefore = $true }
        PSUseConsistentIndentation                = @{ Enable = $true; Kind = 'space'; IndentationSize = 4; PipelineIndentation = 'IncreaseIndentationForFirstPipeline' }
        PSUseConsistentWhitespace                 = @{ Enable = $true; CheckPipeForRedundantWhitespace = $true; CheckParameter = $true; IgnoreAssignmentOperatorInsideHashTable = $true }
        PSAvoidUsingDoubleQuotesForConstantString = @{ Enable = $true }
        PSAvoidSemicolonsAsLineTerminators        = @{ Enable = $true }
        PSUseCorrectCasing                        = @{ Enable = $true }
        PSAvoidExclaimOperator                    = @{ Enable = $true }
    }
}
